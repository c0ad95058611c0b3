using System.IO.Compression;
using System.Security.Cryptography;

namespace ReleaseGate.Benchmarks;

/// <summary>
/// The least that any inspection must do on this runtime: inflate what is compressed and hash it. One thread, 128 KiB at a time, nothing is looked at.
/// </summary>
internal static class Floor
{
    private const int Block = 128 << 10;

    /// <summary>Bytes that come out of a .tgz, a zip or a folder.</summary>
    /// <param name="path">The fixture.</param>
    /// <param name="hashContent">Whether what comes out is hashed (SHA-256), or only inflated.</param>
    public static long Of(string path, bool hashContent = true)
    {
        if (Directory.Exists(path)) return Folder(path, hashContent);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> head = stackalloc byte[2];
        file.ReadExactly(head);
        file.Position = 0;
        return head[0] == (byte)'P' ? Zip(file, hashContent) : GZip(file, hashContent);
    }

    /// <summary>The digest of the file as it lies there, which an inspection needs as well.</summary>
    public static long HashOf(string path)
    {
        if (Directory.Exists(path)) return 0;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Drain(file, new byte[Block], hash: true);
    }

    private static long GZip(FileStream file, bool hash)
    {
        using var inflate = new GZipStream(file, CompressionMode.Decompress);
        return Drain(inflate, new byte[Block], hash);
    }

    private static long Zip(FileStream file, bool hash)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        var block = new byte[Block];
        long bytes = 0;
        foreach (var entry in zip.Entries)
        {
            using var stream = entry.Open();
            bytes += Drain(stream, block, hash);
        }

        return bytes;
    }

    private static long Folder(string path, bool hash)
    {
        var block = new byte[Block];
        long bytes = 0;
        foreach (var name in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            using var handle = File.OpenHandle(name);
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            int read;
            for (long offset = 0; (read = RandomAccess.Read(handle, block, offset)) > 0; offset += read)
            {
                if (hash) sha.AppendData(block, 0, read);
                bytes += read;
            }

            if (hash) sha.GetHashAndReset();
        }

        return bytes;
    }

    private static long Drain(Stream stream, byte[] block, bool hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        int read;
        while ((read = stream.Read(block)) > 0)
        {
            if (hash) sha.AppendData(block, 0, read);
            bytes += read;
        }

        if (hash) sha.GetHashAndReset();
        return bytes;
    }
}
