using System.Globalization;
using System.Text;

namespace ReleaseGate.Package.Tests;

/// <summary>
/// A TypeScript application that nobody wrote: modules in folders that import each other, with as many files and lines as asked for. The same
/// numbers give the same text everywhere. Every line ends in a line feed, so lines and line feeds are the same count.
/// </summary>
internal sealed class TypeScriptProject(int files, int lines)
{
    private static readonly string[] Folders = ["agent", "bridge", "commands", "components", "hooks", "memory", "services", "tools", "transport", "utils"];
    private static readonly string[] Words = MakeWords(1500);

    /// <summary>The module that imports all others.</summary>
    public const string Main = "src/main.ts";

    /// <summary>The files with their text, <see cref="Main"/> last.</summary>
    public IEnumerable<(string Path, string Text)> Files()
    {
        var text = new StringBuilder();
        var modules = files - 1;
        var left = lines - (modules + 2);
        for (var i = 0; i < modules; i++)
        {
            // Sizes between 0.2 and 1.8 times the mean, as real modules differ; the last one takes what is left.
            var mean = left / (modules - i);
            var count = i == modules - 1 ? left : (int)Math.Min(left, mean * (0.2 + 1.6 * ((i * 7919) % modules) / modules));
            left -= count;
            text.Clear();
            WriteModule(text, i, count);
            yield return (PathOf(i), text.ToString());
        }

        text.Clear();
        for (var i = 0; i < modules; i++) text.Append(CultureInfo.InvariantCulture, $"import {{ start as start{i} }} from \"./{PathOf(i)[4..^3]}\";\n");
        text.Append("export const started = [").AppendJoin(", ", Enumerable.Range(0, modules).Select(static i => $"start{i}()")).Append("];\n");
        text.Append("console.log(started.length);\n");
        yield return (Main, text.ToString());
    }

    /// <summary>Lines of code without the files around them, for text that must look like a program and nothing else.</summary>
    public static string Code(int seed, int count)
    {
        var text = new StringBuilder();
        WriteLines(text, new Sequence((ulong)seed), count, exported: []);
        return text.ToString();
    }

    private static string PathOf(int module) => string.Create(CultureInfo.InvariantCulture, $"src/{Folders[module % Folders.Length]}/{Words[module % Words.Length]}{module}.ts");

    private static void WriteModule(StringBuilder text, int module, int count)
    {
        var random = new Sequence((ulong)module + 1);
        var exported = new List<string>();
        var written = 2;
        text.Append("// Internal. Not for release.\n");
        // Only the next modules are imported, so there are no circles.
        text.Append(CultureInfo.InvariantCulture, $"export interface Settings{module} {{ readonly name: string; readonly retries?: number; readonly labels: readonly string[]; }}\n");
        if (count < 8) throw new ArgumentOutOfRangeException(nameof(count), count, "A module has at least eight lines.");
        WriteLines(text, random, count - written - 3, exported);
        text.Append(CultureInfo.InvariantCulture, $"export function start(): Record<string, unknown> {{\n");
        text.Append("  return { ").AppendJoin(", ", exported).Append(" };\n");
        text.Append("}\n");
    }

    private static void WriteLines(StringBuilder text, Sequence random, int count, List<string> exported)
    {
        while (count > 0)
        {
            if (count < 12)
            {
                Comment(text, random, "// ");
                count--;
                continue;
            }

            count -= random.Below(10) switch
            {
                < 2 => Interface(text, random),
                < 4 => Prose(text, random),
                _ => Function(text, random, exported),
            };
        }
    }

    private static int Interface(StringBuilder text, Sequence random)
    {
        var members = 3 + random.Below(6);
        text.Append("export interface ").Append(Pascal(random)).Append(Pascal(random)).Append(random.Below(1_000_000)).Append(" {\n");
        for (var i = 0; i < members; i++)
            text.Append("  /** ").Append(Sentence(random, 6)).Append(" */ readonly ").Append(Word(random)).Append(i).Append(": ").Append(Pick(random, "string", "number", "boolean", "readonly string[]", "Map<string, unknown>")).Append(";\n");
        text.Append("}\n");
        return members + 2;
    }

    private static int Prose(StringBuilder text, Sequence random)
    {
        var written = 2 + random.Below(8);
        for (var i = 0; i < written; i++) Comment(text, random, "// ");
        return written;
    }

    private static int Function(StringBuilder text, Sequence random, List<string> exported)
    {
        var name = Word(random) + Pascal(random) + random.Below(1_000_000).ToString(CultureInfo.InvariantCulture);
        exported.Add(name);
        var (input, result) = (Word(random) + "In", Word(random) + "Out");
        text.Append("/** ").Append(Sentence(random, 12)).Append(" */\n");
        text.Append("export function ").Append(name).Append('(').Append(input).Append(": string, limit = ").Append(random.Below(5000)).Append("): unknown {\n");
        text.Append("  const ").Append(result).Append(": Record<string, unknown> = {};\n");
        var written = 3;
        for (var left = 1 + random.Below(5); left > 0; left--)
        {
            switch (random.Below(4))
            {
                case 0:
                    text.Append("  ").Append(result).Append('.').Append(Word(random)).Append(" = ").Append(input).Append(".length * ").Append(random.Below(100)).Append("; // ").Append(Sentence(random, 7)).Append('\n');
                    break;
                case 1:
                    text.Append("  if (limit > ").Append(random.Below(10_000)).Append(") ").Append(result).Append('.').Append(Word(random)).Append(" = `").Append(Sentence(random, 4)).Append(" ${").Append(input).Append("}`;\n");
                    break;
                case 2:
                    text.Append("  // ").Append(Sentence(random, 14)).Append('\n');
                    break;
                default:
                    text.Append("  for (let i = 0; i < limit; i++) ").Append(result).Append("[\"").Append(Word(random)).Append("\" + i] = { ").Append(Word(random)).Append(": i, also_").Append(Word(random)).Append(": \"").Append(Word(random)).Append("\\t\" };\n");
                    break;
            }

            written++;
        }

        text.Append("  return ").Append(result).Append(";\n}\n");
        return written + 2;
    }

    private static void Comment(StringBuilder text, Sequence random, string lead) => text.Append(lead).Append(Sentence(random, 15)).Append('\n');

    private static string Sentence(Sequence random, int words)
    {
        var parts = new string[words];
        for (var i = 0; i < words; i++) parts[i] = Word(random);
        return string.Join(' ', parts);
    }

    // Squaring makes the first words common and the last ones rare, as in a language.
    private static string Word(Sequence random)
    {
        var n = random.Below(Words.Length);
        return Words[(int)((long)n * n / Words.Length)];
    }

    private static string Pascal(Sequence random)
    {
        var word = Word(random);
        return char.ToUpperInvariant(word[0]) + word[1..];
    }

    private static string Pick(Sequence random, params ReadOnlySpan<string> choices) => choices[random.Below(choices.Length)];

    private static string[] MakeWords(int count)
    {
        string[] starts = ["a", "be", "co", "de", "e", "fa", "ga", "ha", "i", "jo", "ka", "li", "ma", "ne", "o", "pa", "que", "re", "sa", "ti", "u", "ve", "wi", "yo", "zo"];
        string[] ends = ["ct", "de", "gle", "l", "m", "nd", "n", "p", "r", "rse", "s", "st", "t", "ter", "ve", "x"];
        var words = new string[count];
        // The last letters count through, so no word is another's double or a keyword of the language.
        for (var i = 0; i < count; i++) words[i] = starts[i % starts.Length] + starts[i / 7 % starts.Length] + ends[i / 3 % ends.Length] + (char)('a' + i % 26) + (char)('a' + i / 26 % 26) + (char)('a' + i / 676);
        return words;
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every runtime, which System.Random does not promise.</summary>
    internal sealed class Sequence(ulong seed)
    {
        private ulong _state = seed * 0x9E3779B97F4A7C15;

        public ulong Next()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31;
        }

        public int Below(int limit) => (int)((Next() >> 32) * (ulong)limit >> 32);
    }
}
