using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Governance.Leaks;

internal static partial class LeakCatalogue
{
    private static Leak[] Secrets() =>
    [
        new("npmrc-token", "secrets", ".npmrc with a token", "The token that publishes packages: whoever has it releases in the company's name.",
            o => new AddedEntry(o.Stray(".npmrc"), Bytes($"//npm.drill.internal/:_authToken={SeededSecrets.WithBase62Checksum("npm_")}\n"))),
        new("env-file", "secrets", ".env file", "The secrets of a service as it runs.", o => new AddedEntry(o.Stray(".env"), Bytes($"DB_PASSWORD={SeededSecrets.Password()}\nJWT_SECRET={SeededSecrets.Password()}\n"))),
        new("private-key", "secrets", "Private key as PEM", "The key of a server or a signature.", o => new AddedEntry(o.Stray("certs/server.pem"), Bytes(SeededSecrets.Sec1()))),
        new("private-key-in-json", "secrets", "Private key inside a configuration", "A service account's JSON, with the key as one string in it.",
            o => new AddedEntry(o.Stray("config/service-account.json"), Bytes(new JsonObject { ["type"] = "service_account", ["private_key"] = SeededSecrets.Pkcs8() }.ToJsonString()))),
        new("private-key-openssh", "secrets", "Private key of OpenSSH", "The key that opens the git server.", o => new AddedEntry(o.Stray(".ssh/id_ed25519"), Bytes(SeededSecrets.OpenSsh()))),
        new("private-key-pkcs12", "secrets", "Key store with a private key", "The certificate that signs releases, with its key.", o => new AddedEntry(o.Stray("signing.pfx"), SeededSecrets.Pkcs12())),
        new("token-github", "secrets", "Token of GitHub in a script", "A token in the code: whoever reads the bundle has the repositories.", o => o.InScript($"const auth = \"{SeededSecrets.WithBase62Checksum("ghp_")}\";")),
        new("token-npm", "secrets", "Token of npm in a text", "A token in a file of settings.", o => new AddedEntry(o.Stray("publish.yml"), Bytes($"token: {SeededSecrets.WithBase62Checksum("npm_")}\n"))),
        new("token-gitlab", "secrets", "Token of GitLab in a text", "A token in a file of settings.", o => new AddedEntry(o.Stray("ci.yml"), Bytes($"deploy: {SeededSecrets.GitLab()}\n"))),
        new("token-atlassian", "secrets", "Token of Atlassian in a text", "A token in a file of settings.", o => new AddedEntry(o.Stray("jira.json"), Bytes($$"""{ "auth": "{{SeededSecrets.Atlassian()}}" }"""))),
        new("token-grafana", "secrets", "Token of Grafana in a text", "A token in a file of settings.", o => new AddedEntry(o.Stray("dashboards.toml"), Bytes($"key = \"{SeededSecrets.Grafana()}\"\n"))),
        new("token-in-assembly", "secrets", "Token in the code of an assembly", "A string literal: UTF-16 in the heap of an assembly, where a search for text passes by.",
            o => o.InAssembly(a => a with { Strings = [SeededSecrets.WithBase62Checksum("ghp_")] })),
        new("token-utf16", "secrets", "Token in a UTF-16 text", "The same in a file that PowerShell wrote.",
            o => new AddedEntry(o.Stray("settings.txt"), [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"token={SeededSecrets.WithBase62Checksum("ghp_")}\r\n")])),
        new("token-in-gzip", "secrets", "Token in a compressed text", "A log that was compressed before it was packed.", o => new AddedEntry(o.Stray("startup.log.gz"), SeededFiles.GZip(Bytes($"GET /?key={SeededSecrets.WithBase62Checksum("ghp_")}\n")))),
        new("token-in-zip", "secrets", "Token in a nested zip", "A bundle of settings inside the package.", o => new AddedEntry(o.Stray("defaults.zip"), SeededFiles.Zip(("a/settings.js", Bytes($"const t = \"{SeededSecrets.WithBase62Checksum("ghp_")}\";\n"))))),
        new("token-large-file", "secrets", "Token deep inside a large file", "Behind two megabytes of code, where scanners with a limit stopped.",
            o => new AddedEntry(o.Beside("bundle.js"), Bytes(string.Concat(Enumerable.Repeat("var v = f(1);\n", 150_000)) + $"const t = \"{SeededSecrets.WithBase62Checksum("ghp_")}\";\n"))),
        new("connection-string", "secrets", "Connection string", "The password of a production database.",
            o => o.InScript($"const db = \"Server=db.drill.internal;Database=app;User Id=app;Password={SeededSecrets.Password()};Encrypt=true\";")),
        new("url-with-password", "secrets", "Address with a password", "The same as a URL.", o => new AddedEntry(o.Stray("queue.conf"), Bytes($"url = postgres://app:{SeededSecrets.Password()}@db.drill.internal:5432/app\n"))),
        new("netrc", "secrets", ".netrc", "Name and password for the git server.", o => new AddedEntry(o.Stray(".netrc"), Bytes($"machine git.drill.internal login build password {SeededSecrets.Password()}\n"))),
        new("aws-credentials", "secrets", ".aws/credentials", "Keys to the cloud.", o => new AddedEntry(o.Stray(".aws/credentials"), Bytes(SeededSecrets.Aws()))),
        new("nuget-config", "secrets", "nuget.config with a password", "Access to the company's feed.", o => new AddedEntry(o.Stray("nuget.config"),
            Bytes($"<configuration><packageSourceCredentials><inner><add key=\"Username\" value=\"build\" /><add key=\"ClearTextPassword\" value=\"{SeededSecrets.Password()}\" /></inner></packageSourceCredentials></configuration>"))),
    ];

    private static Leak[] Names() =>
    [
        new("internal-host", "internal-names", "Inner host in what the package says of itself", "The repository's address names a git server that outsiders should not know of.", o => o.Kind switch
        {
            ArtifactKind.NuGetPackage or ArtifactKind.SymbolsPackage => Nuspec(o, metadata => metadata.SetElementValue(metadata.Name.Namespace + "projectUrl", "https://git.drill.internal/acme/pricing")),
            ArtifactKind.NpmPackage => PackageJson(o, json => json["homepage"] = "https://git.drill.internal/acme/pricing"),
            _ => Sowing.None(NoPackage),
        }),
        new("codename", "internal-names", "Codename in a text", "The name of a product that nobody has announced.", o => o.Policy.Manifest.Identifiers.Words is [var word, ..]
            ? o.InScript($"const service = \"{word.Text}\";") : Sowing.None("the manifest's 'identifiers' list no word")),
        new("internal-identifier-host", "internal-names", "Inner host in a text", "An address in the code names a host of the company.", o => o.Policy.Manifest.Identifiers.Hosts is [var host, ..]
            ? o.InScript($"fetch(\"https://ci.{host.TrimStart('.')}/x\");") : Sowing.None("the manifest's 'identifiers' list no host")),
        new("codename-in-path", "internal-names", "Codename in the name of a file", "The listing alone tells it.", o => o.Policy.Manifest.Identifiers.Words is [var word, ..]
            ? new AddedEntry(o.Beside(FileName(word.Text) + ".json"), Bytes("{}\n")) : Sowing.None("the manifest's 'identifiers' list no word")),
    ];

    private const string NoPackage = "only packages say something of themselves";

    private static string FileName(string word)
    {
        var name = new StringBuilder();
        foreach (var c in word) name.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"{(int)c:x}"));
        return name.ToString();
    }
}
