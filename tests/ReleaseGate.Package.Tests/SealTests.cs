using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReleaseGate.Governance;
using ReleaseGate.RealPackages.Tests;

namespace ReleaseGate.Package.Tests;

/// <summary>The seals that builds make, what a push step makes of them, and what programs say of them that others wrote.</summary>
public sealed class SealTests
{
    private const string Feed = "https://feed.acme.example/v3/index.json";

    // The public key decides; of the trust in certificates, logs and clocks nothing is needed.
    private const string Verify = """
        import { readFileSync } from 'node:fs';
        import { createPublicKey } from 'node:crypto';
        import { bundleFromJSON } from '@sigstore/bundle';
        import { Verifier, toTrustMaterial, toSignedEntity } from '@sigstore/verify';
        const [key, ...files] = process.argv.slice(2);
        const publicKey = createPublicKey(readFileSync(key));
        const none = { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] };
        const verifier = new Verifier(toTrustMaterial(none, () => ({ publicKey, validFor: () => true })), { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 });
        for (const file of files) {
          try {
            verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(readFileSync(file, 'utf8')))));
            console.log('verified');
          } catch (refused) {
            console.log('refused ' + refused.code);
          }
        }
        """;

    private static readonly string[] Hosts = ["task", "process"];

    [Test]
    public void Programs_of_others_verify_what_a_pack_sealed()
    {
        using var sandbox = new Sandbox();
        using var key = Keys(sandbox);
        sandbox.Library();
        var run = sandbox.Pack("Acme", $"-p:ReleaseGateSealKey={sandbox.In("release.pem")}", $"-p:ReleaseGateSealTo={Feed}", "-p:ReleaseGateReceipt=package", "-o", sandbox.In("out"));
        Assert.That(run.ExitCode, Is.Zero, run.Output);
        var seal = sandbox.In("out", "Acme.1.0.0.nupkg" + SigstoreBundle.Suffix);
        var text = File.ReadAllText(seal);
        using var json = JsonDocument.Parse(text);
        var envelope = json.RootElement.GetProperty("dsseEnvelope");
        var payload = envelope.GetProperty("payload").GetBytesFromBase64();
        sandbox.Write("out/payload.json", text.Replace(Convert.ToBase64String(payload), Convert.ToBase64String([.. payload, (byte)' ']), StringComparison.Ordinal));

        sandbox.Write("verify.mjs", Verify);
        sandbox.Write("package.json", "{}");
        RealPackageTests.Node("npm", sandbox.Folder, ["install", "@sigstore/verify@3.1.1", "@sigstore/bundle@4.0.0", "--ignore-scripts", "--no-audit", "--no-fund"]);
        var said = RealPackageTests.Node("node", sandbox.Folder, ["verify.mjs", "release.pub", seal, sandbox.In("out", "payload.json")]);
        Assert.That(said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "verified", "refused SIGNATURE_ERROR" }));

        // Where openssl is there, it has its say without any of our code or theirs.
        File.WriteAllBytes(sandbox.In("pae"), [.. Encoding.ASCII.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload]);
        File.WriteAllBytes(sandbox.In("sig"), envelope.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64());
        Run openssl;
        try
        {
            openssl = Package.Tests.Dotnet.Run(sandbox.Folder, ["dgst", "-sha256", "-verify", "release.pub", "-signature", "sig", "pae"], program: "openssl");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return;
        }

        Assert.That(openssl.Output.Trim(), Is.EqualTo("Verified OK"));
    }

    [Test]
    public void A_pack_seals_in_both_hosts_and_none_that_fails_leaves_one()
    {
        using var sandbox = new Sandbox();
        using var key = Keys(sandbox);
        sandbox.Library();
        foreach (var host in Hosts)
        {
            var run = sandbox.Dotnet(["pack", "Acme", "-tl:off", "-nologo", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateSealKey=env://ACME_KEY", $"-p:ReleaseGateSealTo={Feed}"], new() { ["ACME_KEY"] = key.ExportPkcs8PrivateKeyPem() });
            Assert.That(run.ExitCode, Is.Zero, run.Output);
            Assert.That(run.Output, Does.Not.Contain("PRIVATE KEY"));
            var seal = Seals(sandbox).Single();
            Assert.That(seal, Does.StartWith("Acme/obj/Release/").And.EndWith("/seals/Acme.1.0.0.nupkg.sigstore.json"));
            var verified = Push(sandbox, "Acme/bin/Release/Acme.1.0.0.nupkg", seal);
            Assert.That(verified.ExitCode, Is.Zero, verified.Output);

            // The key is gone: nothing is released, and the seal of the last pack is no longer there.
            var without = sandbox.Dotnet(["pack", "Acme", "--no-build", "-tl:off", "-nologo", $"-p:ReleaseGateHost={host}", "-p:ReleaseGateSealKey=env://ACME_KEY"], []);
            Assert.That(without.ExitCode, Is.Not.Zero);
            Assert.That(without.Output, Does.Contain("the variable 'ACME_KEY', which is to hold the key, is empty or not set"));
            Assert.That((Seals(sandbox), sandbox.Packages("Acme")), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())), host);
        }
    }

    [Test]
    public void The_push_step_refuses_a_package_that_was_swapped()
    {
        using var sandbox = new Sandbox();
        using var key = Keys(sandbox);
        sandbox.Library();
        Assert.That(sandbox.Pack("Acme", "-o", sandbox.In("out")).ExitCode, Is.Zero);
        sandbox.Write("releasegate.json", """{ "extends": "closed" }""");
        var sealing = sandbox.ReleaseGate("seal", "out/Acme.1.0.0.nupkg", "--key", "release.pem", "--to", Feed);
        Assert.That(sealing.ExitCode, Is.Zero, sealing.Output);
        string[] step = ["verify", "out/Acme.1.0.0.nupkg", "--key", "release.pub", "--policy", "releasegate.json", "--to", Feed, "--max-age", "24h"];
        var pushed = sandbox.ReleaseGate(step);
        Assert.That(pushed.ExitCode, Is.Zero, pushed.Output);

        using (var zip = ZipFile.Open(sandbox.In("out", "Acme.1.0.0.nupkg"), ZipArchiveMode.Update))
        using (var writer = new StreamWriter(zip.CreateEntry("lib/net8.0/evil.txt").Open())) writer.Write("not inspected");
        var swapped = sandbox.ReleaseGate(step);
        Assert.That((swapped.ExitCode, swapped.Errors), Is.EqualTo((1, new[] { "RG7003" })), swapped.Output);
        // What was put in is not sealed, either.
        Assert.That(sandbox.ReleaseGate("seal", "out/Acme.1.0.0.nupkg", "--key", "release.pem", "--to", Feed).ExitCode, Is.EqualTo(1));
        Assert.That(sandbox.ReleaseGate(step).Errors, Is.EqualTo(new[] { "RG7001" }));
    }

    private static ECDsa Keys(Sandbox sandbox)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        sandbox.Write("release.pem", key.ExportPkcs8PrivateKeyPem());
        sandbox.Write("release.pub", key.ExportSubjectPublicKeyInfoPem());
        return key;
    }

    private static Run Push(Sandbox sandbox, string package, string seal) => sandbox.ReleaseGate("verify", package, "--seal", seal, "--key", "release.pub", "--policy", "closed", "--to", Feed, "--max-age", "24h");

    private static string[] Seals(Sandbox sandbox) =>
        [.. Directory.GetFiles(sandbox.Folder, "*" + SigstoreBundle.Suffix, SearchOption.AllDirectories).Select(f => Path.GetRelativePath(sandbox.Folder, f).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)];
}
