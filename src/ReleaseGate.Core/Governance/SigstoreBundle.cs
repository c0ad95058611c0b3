using System.IO.Abstractions;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// The file that a seal is: a Sigstore bundle of version 0.3 with an in-toto envelope and the hint of a key (sigstore/protobuf-specs, sigstore_bundle.proto). A DSSE envelope
/// alone is read as well, since other signers make those.
/// </summary>
/// <param name="Envelope">The envelope; it has exactly one signature.</param>
public sealed record SigstoreBundle(DsseEnvelope Envelope)
{
    /// <summary>The media type that is written.</summary>
    public const string MediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>What the name of a seal ends with, behind the whole name of its artifact.</summary>
    public const string Suffix = ".sigstore.json";

    // A statement has a few kilobytes; what is larger is something else.
    private const int Limit = 4 << 20;

    // So that base64 stays readable: + is no danger in a file of its own.
    internal static JsonWriterOptions Format { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a seal. That it can be read says nothing about who signed it.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GateException">RG7001: there is none. RG7002: it is no bundle and no envelope, or not as the format wants it.</exception>
    public static SigstoreBundle Read(IFileSystem files, string path)
    {
        try
        {
            if (files.Directory.Exists(path)) throw new GateException(SealRules.SealInvalid.Id, "this is a folder, and a seal is a file", path);
            var info = files.FileInfo.FromFileName(path);
            if (!info.Exists) throw new GateException(SealRules.SealMissing.Id, "there is no such seal", path);
            if (info.Length > Limit || DiskFile.IsSpecial(files, path, info.Length)) throw new GateException(SealRules.SealInvalid.Id, "this is no seal: it is a device, or too large for one", path);
            using var stream = files.File.OpenRead(path);
            using var held = new MemoryStream();
            var buffer = new byte[16 << 10];
            for (int read; held.Length <= Limit && (read = stream.Read(buffer)) > 0;) held.Write(buffer, 0, read);
            if (held.Length > Limit) throw new GateException(SealRules.SealInvalid.Id, "this is no seal: it is too large for one", path);
            return Read(held.ToArray());
        }
        catch (GateException mistake) when (mistake.File is null)
        {
            throw new GateException(mistake.Rule, mistake.Message, path, inner: mistake);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GateException(SealRules.SealInvalid.Id, $"the seal can't be read: {EntryPath.Printable(e.Message)}", path, inner: e);
        }
    }

    /// <summary>The same from bytes.</summary>
    /// <exception cref="GateException">RG7002: it is no bundle and no envelope, or not as the format wants it.</exception>
    public static SigstoreBundle Read(ReadOnlyMemory<byte> bytes) => SealJson.Read(bytes, "the seal", Read);

    private static SigstoreBundle Read(SealJson root)
    {
        if (root.Optional("mediaType") is not { } type)
        {
            if (root.Optional("payload") is null) throw root.Mistake("this is neither a Sigstore bundle nor a DSSE envelope");
            return new SigstoreBundle(EnvelopeOf(root, hint: null));
        }

        if (type.Text() != MediaType) throw type.Mistake($"'{MediaType}' is expected");
        var material = root.Member("verificationMaterial");
        if (material.Optional("publicKey") is not { } key)
            throw material.Mistake("it was signed without a key of one's own (keyless); 'cosign verify-blob-attestation' verifies such bundles, and this takes those signed with a key");
        return new SigstoreBundle(EnvelopeOf(root.Member("dsseEnvelope"), key.Optional("hint")?.Text() ?? ""));
    }

    private static DsseEnvelope EnvelopeOf(SealJson envelope, string? hint)
    {
        var type = envelope.Member("payloadType");
        if (type.Text() != DsseEnvelope.InToto) throw type.Mistake($"'{DsseEnvelope.InToto}' is expected");
        var signatures = envelope.Member("signatures");
        if (signatures.Items() is not [var signature]) throw signatures.Mistake("exactly one signature is expected; every approver makes a seal of his own");
        var id = signature.Optional("keyid")?.Text() ?? "";
        if (hint is not null && id.Length > 0 && id != hint) throw signature.Mistake("the key's hint and 'keyid' are not the same");
        return new DsseEnvelope(type.Text(), envelope.Member("payload").Base64(), [new DsseSignature(id, signature.Member("sig").Base64())]);
    }

    /// <summary>Writes the bundle as one line of JSON.</summary>
    /// <param name="output">Where to; stays open.</param>
    public void Write(Stream output)
    {
        var signature = Envelope.Signatures[0];
        using (var json = new Utf8JsonWriter(output, Format))
        {
            json.WriteStartObject();
            json.WriteString("mediaType"u8, MediaType);
            json.WriteStartObject("verificationMaterial"u8);
            json.WriteStartObject("publicKey"u8);
            json.WriteString("hint"u8, signature.KeyId);
            json.WriteEndObject();
            json.WriteStartArray("tlogEntries"u8);
            json.WriteEndArray();
            json.WriteStartObject("timestampVerificationData"u8);
            json.WriteStartArray("rfc3161Timestamps"u8);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("dsseEnvelope"u8);
            json.WriteString("payload"u8, Convert.ToBase64String(Envelope.Payload.Span));
            json.WriteString("payloadType"u8, Envelope.PayloadType);
            json.WriteStartArray("signatures"u8);
            json.WriteStartObject();
            json.WriteString("sig"u8, Convert.ToBase64String(signature.Signature.Span));
            json.WriteString("keyid"u8, signature.KeyId);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }
}
