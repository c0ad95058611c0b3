using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Reporting.Html;

/// <summary>
/// Writes HTML from interpolated strings: what stands in our source is markup, whatever fills a hole is text and is encoded. There is no other way to write, so nothing
/// from an artifact becomes markup. What is written is well-formed XML as well.
/// </summary>
internal sealed class Markup(TextWriter output)
{
    // Letters of all scripts stay readable; what is special in HTML is encoded whatever the ranges say.
    private readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes markup with texts in it.</summary>
#pragma warning disable CA1822 // An instance method, because the handler writes to the instance while its argument is made.
    public void Write([InterpolatedStringHandlerArgument("")] Filled filled) => _ = filled;
#pragma warning restore CA1822

    /// <summary>Writes one of our own texts as it is: the style sheet, the script, a data block.</summary>
    public void WriteOwn(string text) => output.Write(text);

    /// <summary>Writes a path with its folders and its name apart.</summary>
    public void WritePath(string path)
    {
        var printable = EntryPath.Printable(path);
        var slash = printable.AsSpan().TrimEnd('/').LastIndexOf('/') + 1;
        // What is too long to read in one glance scrolls in its own box.
        Write($"<code class=\"{(printable.Length > 300 ? "path long" : "path")}\"{(printable.Length > 300 ? new Own(" tabindex=\"0\"") : default)}>");
        if (slash > 0) Write($"<span>{printable[..slash]}</span>");
        Write($"{printable[slash..]}</code>");
    }

    private void Encode(string text) => _encoder.Encode(output, EntryPath.Printable(text));

    /// <summary>Markup of our own that may or may not be there.</summary>
    internal readonly record struct Own(string? Text);

    /// <summary>What an interpolated string becomes: it is written while it is put together.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Filled
    {
        private readonly Markup _markup;

        public Filled(int literalLength, int formattedCount, Markup markup)
        {
            _ = (literalLength, formattedCount);
            _markup = markup;
        }

        public void AppendLiteral(string literal) => _markup.WriteOwn(literal);

        public void AppendFormatted(string? text) => _markup.Encode(text ?? "");

        public void AppendFormatted(Own own) => _markup.WriteOwn(own.Text ?? "");

        public void AppendFormatted(int number) => _markup.WriteOwn(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(double number) => _markup.WriteOwn(number.ToString("0.##", CultureInfo.InvariantCulture));

        public void AppendFormatted(Icon icon) => _markup.WriteOwn(Icons.Use(icon));
    }
}

/// <summary>A sign that stands beside a word, so that nothing is said by colour alone.</summary>
internal enum Icon
{
    Fine,
    Note,
    Waived,
    Warning,
    Error,
}

/// <summary>The signs, drawn once and used by reference.</summary>
internal static class Icons
{
    /// <summary>The drawings, and the patterns by which tiles of a map differ without colour, too.</summary>
    public const string Drawings = """
        <svg class="drawings" aria-hidden="true" focusable="false"><defs>
        <symbol id="i-error" viewBox="0 0 16 16"><path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor"/><path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" stroke="var(--on-icon)" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="i-warning" viewBox="0 0 16 16"><path d="M8 1.2 15.4 14.4H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 6v4m0 2.2v.1" stroke="var(--on-icon)" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="i-waived" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M8 4v4.2l2.8 1.7" stroke="var(--on-icon)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" fill="none"/></symbol>
        <symbol id="i-note" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.4"/><path d="M8 7.4v4M8 4.6v.1" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
        <symbol id="i-fine" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.8 8.3l2.2 2.2 4.2-4.6" stroke="var(--on-icon)" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" fill="none"/></symbol>
        <pattern id="p-error" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v12M0 0h12"/></pattern>
        <pattern id="p-warning" width="11" height="11" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v11"/></pattern>
        <pattern id="p-waived" width="8" height="8" patternUnits="userSpaceOnUse"><circle class="dot" cx="2" cy="2" r="1.2"/></pattern>
        </defs></svg>
        """;

    /// <summary>The class and the id of a sign.</summary>
    public static string NameOf(Icon icon) => icon switch
    {
        Icon.Fine => "fine",
        Icon.Note => "note",
        Icon.Waived => "waived",
        Icon.Warning => "warning",
        _ => "error",
    };

    /// <summary>A place where one is drawn.</summary>
    public static string Use(Icon icon) => icon switch
    {
        Icon.Fine => "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-fine\"/></svg>",
        Icon.Note => "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-note\"/></svg>",
        Icon.Waived => "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-waived\"/></svg>",
        Icon.Warning => "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-warning\"/></svg>",
        _ => "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-error\"/></svg>",
    };

    /// <summary>What policy made of a finding.</summary>
    public static Icon Of(Policy.JudgedFinding judged) => judged.Waiver is not null ? Icon.Waived : judged.Severity switch
    {
        Rules.Severity.Error => Icon.Error,
        Rules.Severity.Warning => Icon.Warning,
        _ => Icon.Note,
    };

    /// <summary>The word beside the sign.</summary>
    public static string WordOf(Icon icon) => icon switch
    {
        Icon.Fine => "Fine",
        Icon.Note => "Note",
        Icon.Waived => "Waived",
        Icon.Warning => "Warns",
        _ => "Blocks",
    };
}
