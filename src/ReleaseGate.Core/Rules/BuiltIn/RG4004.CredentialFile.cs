using System.Collections.Immutable;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class CredentialFile() : ContentRule(new Descriptor("RG4004", nameof(CredentialFile),
    "An entry is a file in which a tool keeps credentials, and there are some in it.",
    "Revoke what stands in it, since it was in a build; then keep the file out of the package: it belongs to one machine or one pipeline."))
{
    // Such files have a few lines. Anything larger only shares the name.
    private const int Limit = 16 << 20;
    private const int NamesShown = 4;

    // The names of settings that hold a secret there; "*": every name that says so, where the value looks like one.
    private static readonly Row[] Rows =
    [
        new(".npmrc", "npm's configuration", ["_authToken", "_auth", "_password"]),
        new("*.npmrc", "npm's configuration", ["_authToken", "_auth", "_password"]),
        new(".yarnrc.yml", "Yarn's configuration", ["npmAuthToken", "npmAuthIdent"]),
        new(".yarnrc", "Yarn's configuration", ["_authToken", "_auth", "_password"], BlankSeparates: true),
        new("bunfig.toml", "Bun's configuration", ["token", "password"]),
        new(".pypirc", "the configuration of Python uploads", ["password"]),
        new("pip.conf", "pip's configuration", ["password"]),
        new("nuget.config", "a NuGet configuration", ["ClearTextPassword", "Password"]),
        new(".netrc", "a netrc file", ["password"], BlankSeparates: true),
        new("_netrc", "a netrc file", ["password"], BlankSeparates: true),
        new("config.json", "Docker's configuration", ["auth", "identitytoken", "registrytoken"], Requires: "\"auths\""),
        new(".dockercfg", "Docker's configuration", ["auth"]),
        new(".dockerconfigjson", "Docker's configuration", ["auth", "identitytoken"]),
        new("config", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("kubeconfig", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("*.kubeconfig", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("kubeconfig.yaml", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("kubeconfig.yml", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("admin.conf", "a kubeconfig", ["client-key-data", "token", "password"], Requires: "clusters:"),
        new("credentials", "AWS credentials", ["aws_secret_access_key", "aws_session_token"]),
        new("credentials.toml", "Cargo's credentials", ["token"]),
        new("credentials.json", "credentials of a Google client", ["client_secret", "refresh_token"]),
        new("credentials.tfrc.json", "Terraform's credentials", ["token"]),
        new(".terraformrc", "Terraform's configuration", ["token"]),
        new("application_default_credentials.json", "Google's default credentials", ["client_secret", "refresh_token"]),
        new("client_secret*.json", "credentials of a Google client", ["client_secret"]),
        new("settings.xml", "Maven's settings", ["password", "passphrase"], Requires: "<server"),
        new("secrets.json", "user secrets", ["*"]),
        new("local.settings.json", "local settings of Azure Functions", ["*"]),
        new("web.config", "a machine key", ["validationKey", "decryptionKey"], Requires: "machineKey"),
        new("machine.config", "a machine key", ["validationKey", "decryptionKey"], Requires: "machineKey"),
        new("wp-config.php", "WordPress's configuration", ["DB_PASSWORD", "AUTH_KEY", "SECURE_AUTH_KEY", "LOGGED_IN_KEY"]),
        new("terraform.tfvars", "Terraform variables", ["*"]),
        new("*.auto.tfvars", "Terraform variables", ["*"]),
        new("auth.json", "Composer's credentials", ["password", "github.com", "gitlab.com"]),
        new("hosts.yml", "the GitHub CLI's credentials", ["oauth_token"]),
        new(".s3cfg", "s3cmd's configuration", ["secret_key"]),
        new(".boto", "boto's configuration", ["aws_secret_access_key", "gs_secret_access_key", "gs_oauth2_refresh_token"]),
        new(".my.cnf", "MySQL's options", ["password"]),
        new("*.publishsettings", "a publish profile of Azure", ["userPWD", "ManagementCertificate"]),
        new("gradle.properties", "Gradle's properties", ["*"]),
        new(".env", "environment variables", ["*"]),
        new(".env.*", "environment variables", ["*"]),
        new("*.env", "environment variables", ["*"]),
        new(".envrc", "environment variables", ["*"]),
    ];

    private ContentRequest? _request;

    // A service account is told by its content, whatever it is called; so is npm's token, in scripts and copies of its configuration.
    public override ContentRequest Request => _request ??= ContentRequest.Of(
        ContentRequest.Whole(Limit, JudgeFile).Where(e => RowOf(e.Path) is not null || IsPairs(e.Path)),
        ContentRequest.Anchors([new AnchorLiteral("\"service_account\""), new AnchorLiteral(":_authToken=")], JudgeContent));

    private static void JudgeFile(ReadOnlySpan<byte> bytes, Entry entry, RuleContext context)
    {
        var text = SettingReader.Narrow(bytes);
        if (text.IndexOf((byte)0) >= 0) return; // no text
        if (RowOf(entry.Path) is not { } row)
        {
            JudgePairs(text, entry, context);
            return;
        }

        if (row.Requires is { } required && text.IndexOf(Encoding.ASCII.GetBytes(required)) < 0) return;
        var names = new List<string>();
        long? offset = null;
        var reader = new SettingReader(text, row.BlankSeparates);
        while (reader.Read())
        {
            if (!IsSecret(row, reader.Name, reader.Value)) continue;
            var name = EntryPath.Printable(Encoding.Latin1.GetString(reader.Name));
            if (!names.Contains(name)) names.Add(name);
            offset ??= reader.Offset;
        }

        if (names.Count > 0) Report(entry, context, $"is {row.What} with a value for {Listed(names)}", names, offset);
    }

    private static bool IsSecret(Row row, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        foreach (var wanted in row.Names)
        {
            if (wanted == "*")
            {
                // A name that says "secret" and a value that looks like one; or a credential under any name.
                if (SecretName.Is(name) && SettingValue.LooksSecret(value) || value.Length >= 20 && TokenFormats.Recognise(value)) return true;
                continue;
            }

            if (!Ascii.EqualsIgnoreCase(name[Math.Max(0, name.Length - wanted.Length)..], wanted)) continue;
            if (name.Length > wanted.Length && Charset.Alphanumeric.Contains(name[name.Length - wanted.Length - 1])) continue;
            if (SettingValue.Of(value) == SettingWorth.Placeholder || value.StartsWith("AutoGenerate"u8) || value.IndexOf((byte)'%') == 0) continue;
            return true;
        }

        return false;
    }

    // "host:port:database:user:password", "https://user:token@host", "user:hash".
    private static bool IsPairs(EntryPath path) => path.NameIs(".git-credentials") || path.NameIs(".htpasswd") || path.NameIs(".pgpass");

    private static void JudgePairs(ReadOnlySpan<byte> text, Entry entry, RuleContext context)
    {
        var lines = 0;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = (end < 0 ? text : text[..end]).Trim(" \t\r"u8);
            text = end < 0 ? default : text[(end + 1)..];
            if (line.IsEmpty || line[0] == '#') continue;
            ReadOnlySpan<byte> secret;
            if (line.IndexOf("://"u8) is >= 0 and var scheme)
            {
                var at = line.LastIndexOf((byte)'@');
                secret = at > scheme ? line[(scheme + 3)..at] : default;
                secret = secret[(secret.IndexOf((byte)':') + 1)..];
            }
            else
            {
                var colon = entry.Path.NameIs(".htpasswd") ? line.IndexOf((byte)':') : line.LastIndexOf((byte)':');
                secret = colon < 0 ? default : line[(colon + 1)..];
                // A hash begins with '$' or '{', as references elsewhere do.
                if (entry.Path.NameIs(".htpasswd") && secret.Length >= 13)
                {
                    lines++;
                    continue;
                }
            }

            if (!secret.IsEmpty && SettingValue.Of(secret) == SettingWorth.Real) lines++;
        }

        if (lines > 0) Report(entry, context, $"is a list of {(entry.Path.NameIs(".htpasswd") ? "users with the hashes of their passwords" : "credentials")}, {lines} {(lines == 1 ? "line" : "lines")}", [], null);
    }

    private static void JudgeContent(in AnchorMatch match, Entry entry, RuleContext context)
    {
        if (match.Literal == 0) JudgeServiceAccount(match, entry, context);
        else JudgeRegistryToken(match, entry, context);
    }

    // What has a known form is RG4001's and RG4002's.
    private static void JudgeRegistryToken(in AnchorMatch match, Entry entry, RuleContext context)
    {
        if (RowOf(entry.Path) is not null) return;
        var window = TokenWindow.Of(match, out var anchor);
        var from = anchor + match.Length;
        var value = window.Slice(from, TokenText.Run(window, from, Charset.Base64Url | Charset.Base64 | Charset.Of('.') | Charset.Of('='), 512));
        if (value.Length < 20 || SettingValue.Of(value) != SettingWorth.Real || TokenFormats.Recognise(value)) return;
        if (!SettingValue.LooksSecret(value) && !IsUuid(value) || !context.IsFirst(entry, Secret.Fingerprint(value))) return;
        Report(entry, context, "holds a line of npm's configuration with a value for _authToken", ["_authToken"], match.Position);
    }

    private static bool IsUuid(ReadOnlySpan<byte> value)
    {
        if (value.Length != 36 || value[8] != '-' || value[13] != '-' || value[18] != '-' || value[23] != '-') return false;
        return TokenText.Run(value, 0, Charset.Hex | Charset.Of('-')) == value.Length;
    }

    private static void JudgeServiceAccount(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var window = TokenWindow.Of(match, out var anchor);
        var before = window[..anchor].TrimEnd(" \t\r\n"u8);
        if (!before.EndsWith(":"u8) || !before.TrimEnd(":"u8).TrimEnd(" \t"u8).EndsWith("\"type\""u8)) return;
        var reader = new SettingReader(window);
        string? mail = null;
        var hasKey = false;
        while (reader.Read())
        {
            if (reader.Name.SequenceEqual("private_key"u8)) hasKey |= reader.Value.StartsWith("-----BEGIN"u8) && reader.Value.Length > 200 && !TokenText.IsPlaceholder(reader.Value[40..120]);
            else if (reader.Name.SequenceEqual("client_email"u8)) mail = EntryPath.Printable(Encoding.Latin1.GetString(reader.Value[..Math.Min(100, reader.Value.Length)]));
        }

        if (hasKey) Report(entry, context, $"is the key of a Google service account{(mail is null ? "" : $", {mail}")}", ["private_key"], match.Position);
    }

    private static void Report(Entry entry, RuleContext context, string message, List<string> names, long? offset) =>
        context.Report(entry, message, offset: offset, facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create("names", string.Join(", ", names))]));

    private static string Listed(List<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "");

    /// <summary>Whether this rule judges a file of that name; then RG4006 does not.</summary>
    public static bool Judges(EntryPath path) => RowOf(path) is not null || IsPairs(path);

    private static Row? RowOf(EntryPath path)
    {
        var name = path.Name;
        foreach (var row in Rows)
            if (row.Fits(name)) return row;
        return null;
    }

    private sealed record Row(string Pattern, string What, string[] Names, string? Requires = null, bool BlankSeparates = false)
    {
        public bool Fits(ReadOnlySpan<char> name)
        {
            var star = Pattern.IndexOf('*', StringComparison.Ordinal);
            return star < 0
                ? name.Equals(Pattern, StringComparison.OrdinalIgnoreCase)
                : name.Length > Pattern.Length - 1 && name.StartsWith(Pattern.AsSpan(0, star), StringComparison.OrdinalIgnoreCase) && name.EndsWith(Pattern.AsSpan(star + 1), StringComparison.OrdinalIgnoreCase);
        }
    }
}
