using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// A file that is only ever added to: one JSON object a line, each with the SHA-256 of the line before (docs/audit-log.md). Whatever is changed, taken out or put in later breaks
/// the chain; what is cut off at the end shows where a seal names a line. Any number of processes of one machine may append at once.
/// </summary>
/// <remarks>
/// Under a lock on the whole file the last line is read, the new one is written and brought to the disk. Reading the last line before the lock would fork the chain. A line counts
/// once its line feed is there: what a crash left without one is cut off, and an event <c>recovered</c> says how much that was.
/// </remarks>
/// <param name="files">Where.</param>
/// <param name="path">A full path. A missing file is made, and the folders to it.</param>
public sealed class AuditLog(IFileSystem files, string path)
{
    /// <summary>The event that says how many bytes of an unfinished line were cut off.</summary>
    internal const string Recovered = "recovered";

    // Others of the machine may read it, and only who writes it may write it.
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const int FirstLook = 4096;

    /// <summary>How long an append waits while others write.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Adds one line and brings it to the disk.</summary>
    /// <param name="what">What happened.</param>
    /// <param name="now">The time, UTC.</param>
    /// <returns>Where it stands: what a seal signs.</returns>
    /// <exception cref="GateException">RG0010: it can't be written, is held by another program for too long, or is no audit log. Nothing was added then.</exception>
    /// <exception cref="ArgumentException">The event is none: see <see cref="AuditEvent"/>.</exception>
    public AuditPosition Append(AuditEvent what, DateTime now)
    {
        try
        {
            AuditFile.RequirePlain(files, path);
            if (files.Path.GetDirectoryName(path) is { Length: > 0 } folder) DiskFile.CreateFolder(files, folder);
            using var stream = AuditFile.Wait(Open, path, Patience);
            RequireLock();
            return Append(stream, what, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Mistake($"the audit log can't be written: {EntryPath.Printable(e.Message)}", path, e);
        }
    }

    /// <summary>What is wrong with an audit log.</summary>
    internal static GateException Mistake(string what, string path, Exception? inner = null) => new(GateRules.NotLogged.Id, what, path, inner: inner);

    private AuditPosition Append(Stream stream, AuditEvent what, DateTime now)
    {
        var length = stream.Length;
        var (end, last) = Last(stream, length);
        var position = Position(last);
        var at = end;
        if (end < length)
        {
            // The recovery is on the disk before what it tells of is gone: a crash in between leaves the rest of an unfinished line once more.
            position = Write(stream, at, position, new AuditEvent(Recovered, new JsonObject { ["bytes"] = length - end }), now, length, out at);
            stream.SetLength(at);
        }

        return Write(stream, at, position, what, now, at, out _);
    }

    private AuditPosition Write(Stream stream, long at, AuditPosition? last, AuditEvent what, DateTime now, long length, out long end)
    {
        var sequence = last is { } before ? before.Sequence + 1 : 0;
        var line = AuditLine.Write(last?.Head ?? default, sequence, now, what);
        if (line.Length >= AuditLine.Limit) throw Mistake(string.Create(CultureInfo.InvariantCulture, $"the line to be added has {line.Length:N0} bytes, and a line has at most {AuditLine.Limit - 1:N0}"), path);
        var head = Digest.Of(line);
        Array.Resize(ref line, line.Length + 1);
        line[^1] = (byte)'\n';
        try
        {
            stream.Position = at;
            stream.Write(line);
            if (stream is FileStream file) file.Flush(flushToDisk: true);
            else stream.Flush();
        }
        // The framework's name for a file that grows larger than the system lets it (EFBIG).
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            // A full disk took a part of it. Where even this fails, the next append finds an unfinished line and says so.
            if (length == at) Shorten(stream, at);
            if (e is IOException) throw;
            throw new IOException("the file would grow larger than the system lets it", e);
        }

        end = at + line.Length;
        return new AuditPosition(sequence, head);
    }

    private static void Shorten(Stream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (IOException)
        {
            // The first error is the one that is told.
        }
    }

    private AuditPosition? Position(byte[]? last)
    {
        if (last is null) return null;
        var line = AuditLine.Read(last, out var why) ?? throw Mistake($"the last line of the file is none that ReleaseGate wrote: {why}; nothing is added to a file that is no audit log", path);
        // One to recover, and one to add.
        if (line.Sequence > AuditLine.MaxSequence - 2) throw Mistake("the last line of the file has the highest number that there is; begin another log", path);
        return new AuditPosition(line.Sequence, Digest.Of(last));
    }

    /// <summary>Where the last whole line ends, and its bytes without the line feed; null where there is none.</summary>
    private (long End, byte[]? Line) Last(Stream stream, long length)
    {
        if (length == 0) return (0, null);
        // A whole line, and an unfinished one behind it.
        for (long look = FirstLook; ; look *= 16)
        {
            var size = (int)Math.Min(Math.Min(look, 2L * AuditLine.Limit), length);
            var tail = new byte[size];
            stream.Position = length - size;
            stream.ReadExactly(tail);
            var end = tail.AsSpan().LastIndexOf((byte)'\n');
            var begin = end < 0 ? -1 : tail.AsSpan(0, end).LastIndexOf((byte)'\n');
            // More may stand before it.
            if (begin < 0 && size < length && size < 2 * AuditLine.Limit) continue;
            if (end < 0 || (begin < 0 && size < length))
            {
                if (size < length) throw Mistake("this is no audit log: its last line is too long for one", path);
                if (!AuditLine.CanBeTornFirst(tail)) throw Mistake("this is no audit log: it holds something else; name another file", path);
                return (0, null);
            }

            var line = tail[(begin + 1)..end];
            var torn = tail.AsSpan(end + 1);
            if (torn.Length > 0 && !AuditLine.CanBeTorn(torn) && AuditLine.Read(line, out _)?.Event != Recovered)
                throw Mistake("what stands behind the last line was not written by ReleaseGate; see who else writes to the audit log, and take it away", path);
            return (length - size + end + 1, line);
        }
    }

    private Stream Open()
    {
        if (files is not FileSystem) return files.FileStream.Create(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mode;
        return new FileStream(path, options);
    }

    // A lock can be switched off (System.IO.DisableFileLocking, DOTNET_SYSTEM_IO_DISABLEFILELOCKING), and file systems of other machines may know none. What counts is whether it holds.
    private void RequireLock()
    {
        if (files is not FileSystem) return;
        try
        {
            using var second = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException held) when (DiskFile.IsHeld(held))
        {
            return;
        }

        throw Mistake("files can't be locked here, and without a lock two builds would fork the audit log; keep it on a disk of this machine, and leave DOTNET_SYSTEM_IO_DISABLEFILELOCKING unset", path);
    }
}

/// <summary>What writing and reading an audit log have in common.</summary>
internal static class AuditFile
{
    /// <summary>Refuses links, folders, devices.</summary>
    /// <exception cref="GateException">RG0010: it is one.</exception>
    public static void RequirePlain(IFileSystem files, string path)
    {
        if (files.Directory.Exists(path)) throw AuditLog.Mistake("the audit log is a folder; name a file", path);
        if (files is not FileSystem) return;
        var info = new FileInfo(path);
        if (info.LinkTarget is not null) throw AuditLog.Mistake("the audit log is a link; name the file itself", path);
        if (info.Exists && DiskFile.IsSpecial(files, path, info.Length)) throw AuditLog.Mistake("the audit log is a device, a pipe or a socket; name a file", path);
    }

    /// <summary>Opens a file that others may hold for a moment.</summary>
    /// <exception cref="GateException">RG0010: they hold it for too long.</exception>
    public static Stream Wait(Func<Stream> open, string path, TimeSpan patience)
    {
        var started = Stopwatch.GetTimestamp();
        for (var pause = 1; ; pause = Math.Min(pause * 2, 32))
        {
            try
            {
                return open();
            }
            catch (IOException held) when (DiskFile.IsHeld(held))
            {
                if (Stopwatch.GetElapsedTime(started) >= patience)
                    throw AuditLog.Mistake(string.Create(CultureInfo.InvariantCulture, $"another program has held the audit log for {patience.TotalSeconds:0} seconds; see which it is, and run this again"), path, held);
            }

            // Not all at once again.
            Thread.Sleep(pause + Random.Shared.Next(pause));
        }
    }
}
