using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Inspection;

/// <summary>What a folder is like without reading a file: the path, type, length, time, permissions and target of everything in it, as one digest.</summary>
internal static class FolderState
{
    /// <summary>Of a folder that was inspected, as it was listed before anything was read.</summary>
    /// <param name="entries">Its entries, in ordinal order of their paths.</param>
    public static Digest Of(IReadOnlyList<Entry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
            if (entry.Path.Depth == 0) Append(hash, entry);
        return new Digest(hash.GetHashAndReset());
    }

    /// <summary>Of a folder as it is now.</summary>
    /// <param name="reader">Lists it, in ordinal order.</param>
    /// <exception cref="UnreadableException">It can't be listed.</exception>
    public static Digest Of(DirectoryReader reader)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var source in reader.Entries()) Append(hash, source.Entry);
        return new Digest(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, Entry entry) =>
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"{(int)entry.Type} {entry.CompressedLength ?? -1} {entry.Modified?.Ticks ?? -1} {entry.UnixMode ?? -1} {entry.Path.Value}\0{entry.LinkTarget}\0\n")));
}
