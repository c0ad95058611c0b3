using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;
using ReleaseGate.Tests.Cli;

namespace ReleaseGate.Tests.Governance;

/// <summary>A sealed package with the keys of two people who may seal it, and everything to change it with.</summary>
internal sealed class SealSample : IDisposable
{
    public const string Feed = "https://feed.acme.example/v3/index.json";

    public const string Artifact = "Acme.1.0.0.nupkg";

    public const string Seal = Artifact + ".sigstore.json";

    private readonly ECDsa _first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _second = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SealSample(Terminal terminal, string manifest = ReceiptSample.Manifest)
    {
        Terminal = terminal;
        terminal.Write("releasegate.json", manifest);
        terminal.Write("release.pem", _first.ExportPkcs8PrivateKeyPem());
        terminal.Write("release.pub", _first.ExportSubjectPublicKeyInfoPem());
        terminal.Write("second.pem", _second.ExportPkcs8PrivateKeyPem());
        terminal.Write("second.pub", _second.ExportSubjectPublicKeyInfoPem());
        ReceiptSample.Nupkg(terminal, Artifact, "1.0.0", ("lib/readme.txt", "Hello."));
    }

    public Terminal Terminal { get; }

    public string Path(string name) => System.IO.Path.Combine(Terminal.Folder, name);

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        Terminal.Dispose();
    }

    /// <summary>Seals the package.</summary>
    public void Make(params string[] more) => Assert.That(Terminal.Run(["seal", Artifact, "--key", "release.pem", "--to", Feed, .. more]), Is.Zero, Terminal.Output + Terminal.Error);

    /// <summary>Verifies the package as a push step does; the ids of what it objects to, in order.</summary>
    public string[] Refusals(params string[] more)
    {
        var code = Terminal.Run(["verify", Artifact, "--key", "release.pub", "--policy", "releasegate.json", "--to", Feed, .. more]);
        return Ids(code);
    }

    public string[] Ids(int code)
    {
        var ids = Terminal.Output.Split('\n').Select(l => l.IndexOf(" : error RG", StringComparison.Ordinal) is > 0 and var at ? l.Substring(at + 9, 6) : "").Where(i => i.Length > 0).ToArray();
        Assert.That(Terminal.Error, Is.Empty);
        Assert.That(code, Is.EqualTo(ids.Length == 0 ? 0 : 1), Terminal.Output);
        return ids;
    }

    public JsonObject Bundle() => JsonNode.Parse(File.ReadAllBytes(Path(Seal)))!.AsObject();

    public JsonObject Statement() => JsonNode.Parse(Convert.FromBase64String(Bundle()["dsseEnvelope"]!["payload"]!.GetValue<string>()))!.AsObject();

    public void Write(JsonObject bundle) => File.WriteAllText(Path(Seal), bundle.ToJsonString());

    /// <summary>Signs another statement with the right key.</summary>
    public void Resign(JsonObject statement) => Resign(System.Text.Encoding.UTF8.GetBytes(statement.ToJsonString()));

    public void Resign(byte[] payload, string type = DsseEnvelope.InToto)
    {
        using var key = SealKey.Import(_first.ExportPkcs8PrivateKeyPem());
        using var output = new MemoryStream();
        new SigstoreBundle(DsseEnvelope.Sign(type, payload, key)).Write(output);
        File.WriteAllBytes(Path(Seal), output.ToArray());
    }
}
