using System.Globalization;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Governance;

/// <summary>Takes a line of an audit log, without its line feed.</summary>
/// <param name="line">The bytes; gone afterwards.</param>
/// <param name="number">Which it is, from 1.</param>
internal delegate void AuditLineReader(ReadOnlySpan<byte> line, long number);

/// <summary>
/// Reads an audit log line by line, as far as it was written when the reading began. Holds no more than a piece of it, and the lock only while it reads a piece: builds append meanwhile,
/// however long somebody looks at what was read.
/// </summary>
/// <param name="files">Where.</param>
/// <param name="path">A full path.</param>
internal sealed class AuditLogReader(IFileSystem files, string path)
{
    private const int Piece = 1 << 20;

    /// <summary>How long the reading waits while others write.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether there is a file.</summary>
    public bool Exists => files.File.Exists(path);

    /// <summary>Reads all lines.</summary>
    /// <param name="each">Takes each line, whatever it holds; of one that is too long the beginning, and none after it.</param>
    /// <returns>Bytes behind the last line feed: an unfinished line.</returns>
    /// <exception cref="GateException">RG0010: it can't be read, or others hold it for too long.</exception>
    public long Read(AuditLineReader each)
    {
        try
        {
            AuditFile.RequirePlain(files, path);
            var buffer = new byte[Piece + AuditLine.Limit];
            var (held, at, end, number) = (0, 0L, -1L, 0L);
            do
            {
                using (var stream = AuditFile.Wait(Open, path, Patience))
                {
                    if (end < 0) end = stream.Length;
                    stream.Position = at;
                    var wanted = (int)Math.Min(Piece, end - at);
                    stream.ReadExactly(buffer, held, wanted);
                    at += wanted;
                    held += wanted;
                }

                var begin = 0;
                for (int length; (length = buffer.AsSpan(begin, held - begin).IndexOf((byte)'\n')) >= 0; begin += length + 1) each(buffer.AsSpan(begin, length), ++number);
                held -= begin;
                buffer.AsSpan(begin, held).CopyTo(buffer);
                if (held < AuditLine.Limit) continue;
                each(buffer.AsSpan(0, held), ++number);
                return 0;
            }
            while (at < end);
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AuditLog.Mistake($"the audit log can't be read: {EntryPath.Printable(e.Message)}", path, e);
        }
    }

    /// <summary>Reads all lines and holds each against the one before.</summary>
    /// <param name="each">Takes the line and what is in it.</param>
    /// <exception cref="GateException">RG0010: it can't be read, or the chain is broken: what is in it can't be relied on.</exception>
    public void ReadIntact(Action<AuditLine, byte[]> each)
    {
        var chain = new AuditChain();
        Read((bytes, number) =>
        {
            if (chain.Next(bytes, out var line) is { } broken) throw AuditLog.Mistake(string.Create(CultureInfo.InvariantCulture, $"the audit log is damaged in line {number}: {broken}; 'releasegate log verify' says more"), path);
            each(line!, bytes.ToArray());
        });
    }

    private Stream Open() => files is FileSystem ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0) : files.File.OpenRead(path);
}

/// <summary>Holds the lines of an audit log against each other, one by one.</summary>
internal sealed class AuditChain
{
    /// <summary>SHA-256 of the last line.</summary>
    public Digest Head { get; private set; }

    /// <summary>The number that the next line has to have.</summary>
    public long Turn { get; private set; }

    /// <summary>What is wrong with the next line, or null.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="line">The line, where it is one.</param>
    public string? Next(ReadOnlySpan<byte> bytes, out AuditLine? line)
    {
        line = AuditLine.Read(bytes, out var why);
        string? broken = null;
        if (line is null) broken = why;
        else if (line.Prev != Head) broken = Turn == 0 ? "it was not the first: what stood before it is gone" : "the line before it was changed, or is another one than it was written behind";
        else if (line.Sequence != Turn) broken = string.Create(CultureInfo.InvariantCulture, $"it has the number {line.Sequence}, and {Turn} is its turn");
        Head = Digest.Of(bytes);
        // From here on by what the file says, so that one mistake is told once.
        Turn = (line?.Sequence ?? Turn) + 1;
        return broken;
    }
}
