using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>Reads the <c>identifiers</c> of manifests, and the files they name. A list that is named and missing or empty is a mistake: it would guard nothing.</summary>
internal sealed class IdentifierReader(IManifestFiles files)
{
    /// <summary>The fewest and the most bytes of a word in UTF-8.</summary>
    public const int MinimumLength = 4, MaximumLength = 256;

    internal static readonly string[] Keys = ["words", "file", "patterns", "namespaces", "assemblies", "hosts", "hashes"];
    internal static readonly string[] WordKeys = ["text", "case", "match"];
    internal static readonly string[] PatternKeys = ["regex", "literal"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<IdentifierWord> _words = [];
    private HashSet<(string, bool, bool)>? _known; // with the first word: most manifests have none
    private readonly List<IdentifierPattern> _patterns = [];
    private readonly List<string> _namespaces = [];
    private readonly List<string> _assemblies = [];
    private readonly List<string> _hosts = [];
    private readonly List<HashedWords> _hashes = [];
    private readonly List<Digest> _files = [];

    /// <summary>What all manifests that were read say together.</summary>
    public IdentifierList ToList() => new()
    {
        Words = _words,
        Patterns = _patterns.Count == 0 ? [] : [.. _patterns.DistinctBy(static p => (p.Regex.ToString(), p.Literal))],
        Namespaces = [.. _namespaces.Distinct(StringComparer.Ordinal)],
        Assemblies = [.. _assemblies.Distinct(StringComparer.OrdinalIgnoreCase)],
        Hosts = [.. _hosts.Distinct(StringComparer.OrdinalIgnoreCase)],
        Hashes = _hashes,
        Files = _files,
    };

    /// <summary>Adds what one manifest says.</summary>
    /// <param name="text">The manifest.</param>
    /// <param name="member">Its <c>identifiers</c>.</param>
    /// <param name="file">The manifest's full path; null for a profile.</param>
    /// <param name="digest">Takes the bytes of the files that are named.</param>
    /// <exception cref="GateException">RG0001.</exception>
    public void Add(ManifestText text, JsonMember member, string? file, IncrementalHash digest)
    {
        var part = ManifestReader.Object(text, member.Value, "\"identifiers\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"identifiers\"");
        if (part.Members.Count == 0) throw text.Wrong(part.Offset, $"\"identifiers\" is empty and guards nothing; it has {ManifestReader.Listed(Keys)}");
        foreach (var key in part.Members)
        {
            switch (key.Name)
            {
                case "words":
                    AddWords(text, key);
                    break;
                case "file":
                    foreach (var (name, offset) in FileNames(text, key)) AddFile(text, name, offset, file, digest);
                    break;
                case "patterns":
                    foreach (var item in Filled(text, key)) _patterns.Add(Pattern(text, item));
                    break;
                case "namespaces":
                    _namespaces.AddRange(DottedNames(text, key));
                    break;
                case "assemblies":
                    _assemblies.AddRange(DottedNames(text, key));
                    break;
                case "hosts":
                    _hosts.AddRange(Hosts(text, key));
                    break;
                case "hashes":
                    AddHashes(text, key, file, digest);
                    break;
            }
        }
    }

    private void AddWords(ManifestText text, JsonMember member)
    {
        var seen = new Dictionary<(string, bool, bool), int>();
        foreach (var item in Filled(text, member))
        {
            var (word, offset) = Word(text, item);
            if (Mistake(word.Text) is { } mistake) throw text.Wrong(offset, $"the word '{ManifestText.Shown(word.Text)}' cannot be looked for: {mistake}");
            if (!seen.TryAdd(KeyOf(word), offset)) throw text.Wrong(offset, $"the word '{ManifestText.Shown(word.Text)}' stands in \"words\" a second time; the first is in line {text.At(seen[KeyOf(word)]).Line}");
            Add(word);
        }
    }

    private static (IdentifierWord Word, int Offset) Word(ManifestText text, JsonPart item)
    {
        if (item is JsonPart.Text plain) return (new IdentifierWord(plain.Value), plain.Offset);
        if (item is not JsonPart.Object part) throw text.Wrong(item.Offset, $"\"words\" holds strings, and objects with \"text\", \"case\" and \"match\"; this is {item.Kind}");
        ManifestReader.RequireKeys(text, part, WordKeys, "a word");
        var word = new IdentifierWord("");
        var offset = -1;
        foreach (var key in part.Members)
        {
            var value = ManifestReader.Text(text, key);
            switch (key.Name)
            {
                case "text":
                    word = word with { Text = value.Value };
                    offset = value.Offset;
                    break;
                case "case":
                    word = word with { IgnoreCase = Choice(text, value, "ignore", "exact") };
                    break;
                case "match":
                    word = word with { Substring = Choice(text, value, "substring", "word") };
                    break;
            }
        }

        return offset >= 0 ? (word, offset) : throw text.Wrong(part.Offset, "the word has no \"text\"");
    }

    private static bool Choice(ManifestText text, JsonPart.Text value, string yes, string no) =>
        value.Value == yes || (value.Value == no ? false : throw text.Wrong(value.Offset, $"'{ManifestText.Shown(value.Value)}' is neither {yes} nor {no}"));

    // In a file of thousands what comes twice is no mistake.
    private void Add(IdentifierWord word)
    {
        _known ??= [];
        if (_known.Add(KeyOf(word))) _words.Add(word);
    }

    private static (string, bool, bool) KeyOf(IdentifierWord word) => (word.IgnoreCase ? word.Text.ToLowerInvariant() : word.Text, word.IgnoreCase, word.Substring);

    /// <summary>What keeps a word from being looked for, or null.</summary>
    private static string? Mistake(string word)
    {
        var length = Encoding.UTF8.GetByteCount(word);
        if (length < MinimumLength) return $"it has {length} {(length == 1 ? "byte" : "bytes")}, and so short a text stands everywhere; write at least {MinimumLength}, or a pattern with more around it";
        if (length > MaximumLength) return $"it has {length.ToString(CultureInfo.InvariantCulture)} bytes; {MaximumLength} are possible";
        if (word != word.Trim()) return "it begins or ends with a blank";
        if (!word.Any(char.IsLetterOrDigit)) return "there is no letter and no digit in it";
        return word.Any(char.IsControl) ? "it holds a control character" : null;
    }

    private void AddFile(ManifestText text, string name, int offset, string? manifest, IncrementalHash digest)
    {
        var (path, lines) = Lines(text, name, offset, manifest, digest);
        var words = 0;
        foreach (var (number, line) in lines)
        {
            if (words == 0 && line.StartsWith(HashedWords.Version, StringComparison.Ordinal))
                throw text.Wrong(offset, $"'{ManifestText.Shown(name)}' is a list of hashed words; name it under \"hashes\", where it guards something");
            var word = new IdentifierWord(line);
            for (var more = true; more;)
            {
                more = false;
                if (word.Text.StartsWith("exact:", StringComparison.Ordinal)) (word, more) = (word with { Text = word.Text[6..], IgnoreCase = false }, true);
                if (word.Text.StartsWith("substring:", StringComparison.Ordinal)) (word, more) = (word with { Text = word.Text[10..], Substring = true }, true);
            }

            if (Mistake(word.Text) is { } mistake) throw new GateException(GateRules.ManifestInvalid.Id, $"the word '{ManifestText.Shown(word.Text)}' cannot be looked for: {mistake}", path, number, 1);
            Add(word);
            words++;
        }

        if (words == 0) throw text.Wrong(offset, $"the list of words is empty and guards nothing: {ManifestText.Shown(path)}");
    }

    private void AddHashes(ManifestText text, JsonMember member, string? manifest, IncrementalHash digest)
    {
        if (member.Value is JsonPart.Text name)
        {
            var (path, lines) = Lines(text, name.Value, name.Offset, manifest, digest);
            _hashes.Add(Hashes(lines.Select(l => (l.Line, (Func<string, GateException>)(mistake => new GateException(GateRules.ManifestInvalid.Id, mistake, path, l.Number, 1)))),
                mistake => text.Wrong(name.Offset, $"{mistake}: {ManifestText.Shown(path)}")));
            return;
        }

        if (member.Value is not JsonPart.Array) throw text.Wrong(member.Value.Offset, $"\"hashes\" is the path of a file that 'releasegate hash-words' wrote, or an array of its lines; this is {member.Value.Kind}");
        var items = Filled(text, member).Select(item => item as JsonPart.Text ?? throw text.Wrong(item.Offset, $"\"hashes\" holds lines that 'releasegate hash-words' wrote; this is {item.Kind}"));
        _hashes.Add(Hashes(items.Select(i => (i.Value, (Func<string, GateException>)(mistake => text.Wrong(i.Offset, mistake)))), mistake => text.Wrong(member.Value.Offset, mistake)));
    }

    private static HashedWords Hashes(IEnumerable<(string Line, Func<string, GateException> Wrong)> lines, Func<string, GateException> wrong)
    {
        HashedWords? words = null;
        string? mistake;
        foreach (var (line, at) in lines)
        {
            if (words is null ? !HashedWords.TryBegin(line, out words, out mistake) : !words.TryAdd(line, out mistake)) throw at(mistake);
        }

        return words is { Count: > 0 } ? words : throw wrong("the list of hashed words is empty and guards nothing");
    }

    /// <summary>The lines of a file that say something, trimmed, with their numbers.</summary>
    private (string Path, List<(int Number, string Line)> Lines) Lines(ManifestText text, string name, int offset, string? manifest, IncrementalHash digest)
    {
        var path = ManifestReader.PathOf(files, text, name, offset, manifest, "a profile names no files");
        byte[] bytes;
        try
        {
            bytes = ManifestReader.ReadFile(files, path, "the list of words");
        }
        catch (GateException e)
        {
            // The file may not be there at all; the line to mend is the one that names it.
            throw text.Wrong(offset, $"{e.Message}: {ManifestText.Shown(path)}", e);
        }

        ManifestReader.Append(digest, bytes);
        _files.Add(Digest.Of(bytes));
        string content;
        try
        {
            content = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw text.Wrong(offset, $"the list of words is not UTF-8: {ManifestText.Shown(path)}", e);
        }

        var lines = new List<(int, string)>();
        var number = 0;
        foreach (var line in content.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var trimmed = line.Trim();
            if (trimmed.Length > 0 && trimmed[0] != '#') lines.Add((number, trimmed));
        }

        return (path, lines);
    }

    private static IdentifierPattern Pattern(ManifestText text, JsonPart item)
    {
        JsonPart.Text? regex = null, literal = null;
        if (item is JsonPart.Text plain)
        {
            regex = plain;
        }
        else
        {
            if (item is not JsonPart.Object part) throw text.Wrong(item.Offset, $"\"patterns\" holds regular expressions: strings, or objects with \"regex\" and \"literal\"; this is {item.Kind}");
            ManifestReader.RequireKeys(text, part, PatternKeys, "a pattern");
            foreach (var key in part.Members)
            {
                if (key.Name == "regex") regex = ManifestReader.Text(text, key);
                else literal = ManifestReader.Text(text, key);
            }

            if (regex is null) throw text.Wrong(part.Offset, "the pattern has no \"regex\"");
        }

        Regex expression;
        try
        {
            expression = new Regex(regex.Value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Multiline);
        }
        catch (ArgumentException e)
        {
            throw text.Wrong(regex.Offset, $"the regular expression is wrong: {ManifestText.Shown(e.Message.TrimEnd('.'))}", e);
        }
        catch (NotSupportedException e)
        {
            throw text.Wrong(regex.Offset, "the regular expression looks around, refers back or is too large, so its time has no bound; write it without", e);
        }

        // It sees some hundred characters, which begin and end anywhere.
        foreach (var anchored in (ReadOnlySpan<string>)["\\A", "\\z", "\\Z", "\\G"])
            if (regex.Value.Replace("\\\\", "", StringComparison.Ordinal).Contains(anchored, StringComparison.Ordinal))
                throw text.Wrong(regex.Offset, $"'{anchored}' asks for the begin or the end of the file, which the expression does not see; '^' and '$' stand for those of a line");
        if (expression.IsMatch("")) throw text.Wrong(regex.Offset, "the regular expression matches nothing at all, which stands everywhere");
        var anchor = literal?.Value ?? RequiredLiteral.Of(regex.Value);
        if (Encoding.UTF8.GetByteCount(anchor ?? "") < MinimumLength)
        {
            throw literal is not null
                ? text.Wrong(literal.Offset, $"the literal has less than {MinimumLength} bytes, and so short a text stands everywhere")
                : text.Wrong(regex.Offset, $"no text of {MinimumLength} letters evidently stands in every match; name one that does: {{ \"regex\": \"…\", \"literal\": \"…\" }}");
        }

        if (anchor!.Length > MaximumLength) throw text.Wrong((literal ?? regex).Offset, $"the literal has more than {MaximumLength} bytes");
        return new IdentifierPattern(expression, anchor);
    }

    private static IEnumerable<string> DottedNames(ManifestText text, JsonMember member)
    {
        foreach (var item in Filled(text, member))
        {
            if (item is not JsonPart.Text name) throw text.Wrong(item.Offset, $"\"{member.Name}\" holds names, which are strings; this is {item.Kind}");
            if (name.Value.Length == 0 || name.Value != name.Value.Trim() || name.Value.Split('.').Any(static s => s.Length == 0) || name.Value.Contains('*', StringComparison.Ordinal))
                throw text.Wrong(name.Offset, $"'{ManifestText.Shown(name.Value)}' is no name; \"Acme.Internal\" counts with everything below it, Acme.Internal.Tools");
            yield return name.Value;
        }
    }

    private static IEnumerable<string> Hosts(ManifestText text, JsonMember member)
    {
        foreach (var item in Filled(text, member))
        {
            if (item is not JsonPart.Text host) throw text.Wrong(item.Offset, $"\"hosts\" holds host names, which are strings; this is {item.Kind}");
            var name = host.Value.StartsWith('.') ? host.Value[1..] : host.Value;
            if (host.Value.Length < MinimumLength || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') || Uri.CheckHostName(name) != UriHostNameType.Dns)
                throw text.Wrong(host.Offset, $"'{ManifestText.Shown(host.Value)}' is no host name of {MinimumLength} letters; \"acme.internal\" is that host and all below it, \".corp.acme.com\" only what is below");
            yield return host.Value;
        }
    }

    private static IEnumerable<(string Name, int Offset)> FileNames(ManifestText text, JsonMember member)
    {
        foreach (var item in member.Value is JsonPart.Array ? Filled(text, member) : [member.Value])
        {
            if (item is not JsonPart.Text { Value.Length: > 0 } name) throw text.Wrong(item.Offset, "\"file\" is the path of a list of words, or an array of these");
            yield return (name.Value, name.Offset);
        }
    }

    private static IReadOnlyList<JsonPart> Filled(ManifestText text, JsonMember member)
    {
        var items = ManifestReader.Items(text, member);
        return items.Count > 0 ? items : throw text.Wrong(member.Value.Offset, $"\"{member.Name}\" is empty and guards nothing; fill it or leave it out");
    }
}
