using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class DevelopmentBundle() : ContentRule(new Descriptor("RG2016", nameof(DevelopmentBundle),
    "A bundle was built for development: it holds modules as text for eval, a hot-update runtime or the development build of a framework.",
    "Build for production before packing: 'webpack --mode production', 'vite build', NODE_ENV=production; webpack's 'devtool' must not begin with 'eval'."))
{
    private const string Trait = "development-bundle";
    private const int LongestName = 300;

    private enum Sign { React, Vue, WebpackHot, WebpackModule, Vite, Parcel, Metro }

    // In the order of Sign.
    private static readonly string[] Literals =
    [
        "@license React", "You are running a development build of Vue", "webpack/runtime/hot module replacement */", "!*** ./", "/@vite/client", "HMR_ENV_HASH = \"", "__DEV__=true,process=",
    ];

    public override ContentRequest Request { get; } = ContentRequest.Of(
        ContentRequest.Scan(ScriptScanner.Factory, Judge).Where(ScriptScanner.MayBe),
        ContentRequest.Anchors(Literals.Select(l => new AnchorLiteral(l)).ToArray(), Found).Where(static e => ScriptScanner.MayBe(e) && e.Kind != EntryKind.Json && !ScriptScanner.IsDocument(e)));

    private static void Judge(ScriptScanner scanner, Entry entry, RuleContext context)
    {
        var facts = scanner.Facts;
        if (facts.EvalModules == 0) return;
        Note(entry, "webpack eval modules", context);
        var modules = string.Create(CultureInfo.InvariantCulture, $"{facts.EvalModules:N0} {(facts.EvalModules == 1 ? "module" : "modules")}");
        var first = EntryPath.Printable(facts.FirstEvalModule.Length > LongestName ? facts.FirstEvalModule[..LongestName] + "…" : facts.FirstEvalModule);
        context.Report(entry, $"holds the text of {modules} of a webpack development bundle, {first}{(facts.EvalModules == 1 ? "" : " first")}", offset: facts.FirstEvalModuleOffset,
            facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("modules", facts.EvalModules.ToString(CultureInfo.InvariantCulture))]));
    }

    private static void Found(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var before = match.Window[..match.Start];
        var after = match.Window[(match.Start + match.Length)..];
        var severity = Severity.Warning;
        string? name = null;
        switch ((Sign)match.Literal)
        {
            case Sign.React when (name = ReactBuild(after)) is not null:
                // React's own packages hold both builds and run the one that NODE_ENV asks for.
                if (entry.Path.NameIs(name) || after.IndexOf("process.env.NODE_ENV"u8) >= 0) severity = Severity.Note;
                Report("React's development build", $"holds the development build {name} of React");
                break;
            case Sign.Vue when before.TrimEnd("`\"' \t\r\n"u8) is var call && (call.EndsWith("console.info("u8) || call.EndsWith("console.log("u8)) && call.IndexOf("process.env.NODE_ENV"u8) < 0:
                Report("Vue's development build", "holds the development build of Vue");
                break;
            case Sign.WebpackHot when before.EndsWith("/* "u8):
                Report("webpack's hot updates", "holds webpack's runtime for hot updates, of a development server");
                break;
            case Sign.WebpackModule when before.EndsWith("\n  "u8) && (name = ModulePath(after)) is not null:
                Report("webpack module headers", $"is a webpack development bundle: it names its modules, {name} first");
                break;
            case Sign.Vite when LoadsClient(before, after):
                Report("Vite's client", "loads the client of Vite's development server");
                break;
            case Sign.Parcel when IsHash(after):
                Report("Parcel's hot updates", "holds Parcel's runtime for hot updates, of a development server");
                break;
            case Sign.Metro when before.EndsWith(","u8) && before.IndexOf("__BUNDLE_START_TIME__="u8) >= 0:
                Report("React Native for development", "is a React Native bundle built for development");
                break;
        }

        void Report(string sign, string message)
        {
            // Once an entry, however often the sign stands in it.
            if (Note(entry, sign, context)) context.Report(entry, message, offset: null, severity: severity, vendored: Severity.Note);
        }
    }

    /// <summary>Adds a sign to the entry's trait. False: it was known.</summary>
    private static bool Note(Entry entry, string sign, RuleContext context)
    {
        var known = entry.Traits.GetValueOrDefault(Trait);
        if (known is not null && known.Contains(sign, StringComparison.Ordinal)) return false;
        context.Recognise(entry, Trait, known is null ? sign : $"{known}, {sign}");
        return true;
    }

    /// <summary>The file that React's banner names, where it is a development build.</summary>
    private static string? ReactBuild(ReadOnlySpan<byte> after)
    {
        var line = after.TrimStart("\r\n"u8);
        if (line.Length == after.Length || !line.StartsWith(" * "u8)) return null;
        line = line[3..];
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        return end > 0 && end < LongestName && line[..end].EndsWith(".development.js"u8) ? EntryPath.Printable(Encoding.UTF8.GetString(line[..end])) : null;
    }

    /// <summary>The path in <c>!*** ./src/index.js ***!</c>; where a variable stands in its place, this is the bundler.</summary>
    private static string? ModulePath(ReadOnlySpan<byte> after)
    {
        if (after.Length > LongestName) after = after[..LongestName];
        var end = after.IndexOf(" ***!\n"u8);
        if (end < 0) end = after.IndexOf(" ***!\r\n"u8);
        if (end <= 0 || HoldsAny(after[..end], "$\"`\r\n"u8)) return null;
        return "./" + EntryPath.Printable(Encoding.UTF8.GetString(after[..end]));
    }

    private static bool LoadsClient(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (after.IsEmpty || after[0] is not ((byte)'"' or (byte)'\'')) return false;
        // A base path may stand in front: src="/app/@vite/client".
        var start = before.LastIndexOf(after[0]);
        if (start < 0 || HoldsAny(before[start..], " <>\n${"u8)) return false;
        var code = before[..start].TrimEnd((byte)' ');
        return code.EndsWith("src="u8) || code.EndsWith("from"u8) || code.EndsWith("import"u8);
    }

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
            if (!char.IsAsciiHexDigitLower((char)b)) return false;
        return true;
    }

    private static bool HoldsAny(ReadOnlySpan<byte> text, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in text)
            if (bytes.Contains(b)) return true;
        return false;
    }

    private static bool IsHash(ReadOnlySpan<byte> after)
    {
        const int length = 16;
        return after.Length > length && after[length] == '"' && IsHex(after[..length]);
    }
}
