using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Governance;

/// <summary>UUIDs that follow from a name: version 5 of RFC 9562, section 5.5.</summary>
internal static class NameBasedUuid
{
    /// <summary>The UUID of a name within a namespace.</summary>
    public static Guid Of(Guid space, string name)
    {
        var length = Encoding.UTF8.GetByteCount(name);
        var bytes = new byte[16 + length];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
#pragma warning disable CA5350 // The RFC says SHA-1; nothing is protected by it, the name holds a SHA-256.
        var hash = SHA1.HashData(bytes).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)(hash[6] & 0x0F | 0x50);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
