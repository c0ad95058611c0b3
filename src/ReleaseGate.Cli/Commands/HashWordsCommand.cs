using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Cli.Commands;

/// <summary><c>releasegate hash-words</c>: a list of words as salted hashes, for a manifest that others may read.</summary>
internal static class HashWordsCommand
{
    public const string Name = "hash-words";

    private const string StandardInput = "-";

    public static readonly string[] Examples =
    [
        "releasegate hash-words codenames.txt --output codenames.hashed.txt",
        "releasegate hash-words - < codenames.txt",
        "releasegate hash-words codenames.txt --salt 00112233445566778899aabbccddeeff",
    ];

    public static Command Create(Surroundings surroundings)
    {
        var words = new Argument<string>("FILE") { Description = "The words, one a line; '#' begins a comment. '-' reads standard input." };
        var salt = new Option<string?>("--salt") { HelpName = "HEX", Description = "The salt of an earlier list, so that only what changed differs; random without it." };
        var output = new Option<string>("--output") { HelpName = "FILE", Description = "Where to; '-' (default) prints it.", DefaultValueFactory = _ => "-" };
        var force = new Option<bool>("--force") { Description = "Overwrite the file." };
        var command = new Command(Name, "Hashes internal words, so that the manifest does not show what it guards.") { words, salt, output, force };
        command.SetAction(parsed => Run(surroundings, parsed.GetRequiredValue(words), parsed.GetValue(salt), parsed.GetRequiredValue(output), parsed.GetValue(force)));
        return command;
    }

    private static int Run(Surroundings surroundings, string path, string? written, string output, bool force)
    {
        if (SaltOf(written) is not { } salt)
            return surroundings.Refuse($"'{EntryPath.Printable(written!)}' is no salt; {HashedWords.MinimumSalt} to {HashedWords.MaximumSalt} bytes in hexadecimal digits are, e.g. the one in the first line of a list");
        var file = output == "-" ? null : surroundings.FullPath(output);
        if (file is not null && !force && (surroundings.Files.File.Exists(file) || surroundings.Files.Directory.Exists(file)))
            return surroundings.Refuse($"'{EntryPath.Printable(output)}' exists; '--force' overwrites it, '--output FILE' writes another");
        if (file is not null && path != StandardInput) Outputs.Require(surroundings.Files, [file], [surroundings.FullPath(path)]);
        var lines = HashedWords.Make(Words(surroundings, path), salt);
        if (file is null)
        {
            foreach (var line in lines) surroundings.Output.WriteLine(line);
            return ExitCode.Passed;
        }

        ReportFile.Write(surroundings.Files, file, stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")));
        surroundings.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote {EntryPath.Printable(output)}: {lines.Count - 1:N0} {(lines.Count == 2 ? "word" : "words")}; name it in the manifest, by its path from there: \"identifiers\": {{ \"hashes\": \"{EntryPath.Printable(output).Replace('\\', '/')}\" }}"));
        return ExitCode.Passed;
    }

    private static byte[]? SaltOf(string? written)
    {
        if (written is null) return RandomNumberGenerator.GetBytes(HashedWords.MinimumSalt);
        var isSalt = written.Length % 2 == 0 && written.Length / 2 is >= HashedWords.MinimumSalt and <= HashedWords.MaximumSalt && written.All(char.IsAsciiHexDigit);
        return isSalt ? Convert.FromHexString(written) : null;
    }

    private static List<string> Words(Surroundings surroundings, string path)
    {
        var file = path == StandardInput ? null : surroundings.FullPath(path);
        var place = file ?? "(standard input)";
        var words = new List<string>();
        var number = 0;
        try
        {
            if (file is not null) DiskFile.RequireFile(surroundings.Files, file);
            using var reader = file is null ? surroundings.Input() : new StreamReader(surroundings.Files.File.OpenRead(file), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
            while (reader.ReadLine() is { } line)
            {
                number++;
                var word = line.Trim();
                if (word.Length == 0 || word[0] == '#') continue;
                if (!HashedWords.TryNormalise(word, out var normalised, out var mistake))
                    throw new GateException(GateRules.ManifestInvalid.Id, $"'{EntryPath.Printable(word.Length > 100 ? word[..100] + "…" : word)}' cannot be hashed: {mistake}", place, number, 1);
                words.Add(normalised);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new GateException(GateRules.ManifestInvalid.Id, "there is no such file; name one with a word a line, or '-' for standard input", place, inner: e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(GateRules.ManifestInvalid.Id, $"the words cannot be read: {EntryPath.Printable(e.Message)}", place, inner: e);
        }
        catch (DecoderFallbackException e)
        {
            throw new GateException(GateRules.ManifestInvalid.Id, "the words are not UTF-8", place, number + 1, 1, e);
        }

        return words.Count > 0 ? words : throw new GateException(GateRules.ManifestInvalid.Id, "there is no word in it; one a line is expected", place);
    }
}
