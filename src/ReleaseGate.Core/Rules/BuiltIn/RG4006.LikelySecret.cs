using System.Collections.Immutable;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class LikelySecret() : ContentRule(new Descriptor("RG4006", nameof(LikelySecret),
    "A setting in a configuration file is named like a secret, and its value is random.",
    "If it is a secret, change it and read it from the environment or a secret store; if it is not, give the setting another name or waive the file.",
    Severity.Warning))
{
    private const int Limit = 1 << 20;

    private static readonly string[] Endings = [".json", ".jsonc", ".json5", ".xml", ".config", ".yaml", ".yml", ".toml", ".ini", ".properties", ".conf", ".cfg", ".settings", ".tfvars", ".plist"];

    // What tools write: checksums, locked versions, translations.
    private static readonly string[] Generated =
    [
        ".deps.json", "package-lock.json", "npm-shrinkwrap.json", "packages.lock.json", "project.assets.json", "yarn.lock", "pnpm-lock.yaml", ".runtimeconfig.json", "composer.lock", ".nuget.dgspec.json",
        ".staticwebassets.json", ".endpoints.json", "bom.json", "bom.xml", ".spdx.json", ".cdx.json", "manifest.spdx.json", ".schema.json", ".tmlanguage.json", ".nuspec",
    ];

    private static readonly ScannerFactory<Text> Factory = new(_ => new Text());

    public override ContentRequest Request { get; } = ContentRequest.Scan(Factory, Judge);

    public override bool Wants(Entry entry)
    {
        if (entry.Kind is not (EntryKind.Text or EntryKind.Utf16Text or EntryKind.Json or EntryKind.Xml)) return false;
        foreach (var generated in Generated)
            if (entry.Path.NameEndsWith(generated)) return false;
        var extension = entry.Path.Extension;
        foreach (var ending in Endings)
            if (extension.Equals(ending, StringComparison.OrdinalIgnoreCase)) return !CredentialFile.Judges(entry.Path);
        return false;
    }

    private static void Judge(Text scanner, Entry entry, RuleContext context)
    {
        var reader = new SettingReader(SettingReader.Narrow(scanner.Bytes));
        while (reader.Read())
        {
            var value = reader.Value;
            if (value.Length is < 16 or > 512 || !SecretName.Is(reader.Name) || SettingValue.Of(value) != SettingWorth.Real || IsOther(value) || !Randomness.IsCertain(value)) continue;
            if (PublishedExample.Is(value) || TokenFormats.Recognise(value)) continue;
            var fingerprint = Secret.Fingerprint(value);
            if (!context.IsFirst(entry, fingerprint)) continue;
            var name = EntryPath.Printable(Encoding.Latin1.GetString(reader.Name));
            context.Report(entry, $"sets '{name}' to what looks like a secret: {Secret.Show(value)}", offset: reader.Offset,
                facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("fingerprint", fingerprint), KeyValuePair.Create("name", name)]));
        }
    }

    /// <summary>Whether a random value is something else than a secret: a hash of known form, a GUID, an address, a certificate, a token of an assembly, an image.</summary>
    private static bool IsOther(ReadOnlySpan<byte> value)
    {
        if (value.StartsWith("sha1-"u8) || value.StartsWith("sha256"u8) || value.StartsWith("sha384-"u8) || value.StartsWith("sha512"u8) || value.StartsWith("data:"u8) || value.StartsWith("MII"u8)
            || value.StartsWith("ssh-"u8) || value.StartsWith("$2"u8) || value.IndexOf("://"u8) >= 0 || value.IndexOf("BEGIN PUBLIC"u8) >= 0) return true;
        if (value.IndexOfAny((byte)' ', (byte)'\\', (byte)',') >= 0 || value.IndexOfAny((byte)'(', (byte)')', (byte)'|') >= 0) return true;
        // 8-4-4-4-12
        return value.Length is 36 or 38 && value.Trim("{}"u8) is { Length: 36 } guid && guid[8] == '-' && guid[13] == '-' && guid[18] == '-' && guid[23] == '-';
    }

    /// <summary>The bytes of a small file; of a large one none.</summary>
    private sealed class Text : EntryScanner
    {
        private byte[] _bytes = [];
        private int _length;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public override void Scan(in Chunk chunk)
        {
            if (_length + chunk.Fresh.Length > Limit)
            {
                (_bytes, _length, Done) = ([], 0, true);
                return;
            }

            if (_bytes.Length < _length + chunk.Fresh.Length) Array.Resize(ref _bytes, Math.Max(_length + chunk.Fresh.Length, Math.Min(Limit, 2 * _bytes.Length)));
            chunk.Fresh.CopyTo(_bytes.AsSpan(_length));
            _length += chunk.Fresh.Length;
        }
    }
}
