using System.IO.Abstractions;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Reporting;

/// <summary>A report on disk: there whole or not at all, and never one of an earlier run.</summary>
public static class ReportFile
{
    /// <summary>Removes the report of an earlier run, so that a run which ends early leaves none that says "passed".</summary>
    /// <exception cref="IOException">It cannot be removed, or what is there is something else: the artifact, for one.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Clear(IFileSystem files, string path)
    {
        if (!MayReplace(files, path)) throw new IOException($"'{EntryPath.Printable(path)}' is there and is no report; name another file for the report, or delete it");
        if (files.File.Exists(path)) files.File.Delete(path);
    }

    /// <summary>Whether nothing is lost when a report takes this place: there is no file, an empty one, or a report.</summary>
    public static bool MayReplace(IFileSystem files, string path)
    {
        if (!files.File.Exists(path)) return true;
        using var stream = files.File.OpenRead(path);
        var head = new byte[256];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        // How every SARIF file begins.
        return length == 0 || HasMarker(head.AsSpan(0, length)) || head.AsSpan(0, length).IndexOf("sarif-2.1.0"u8) > 0;
    }

    /// <summary>The comment that reports in XML, HTML and Markdown begin with, so that the next run knows them again, e.g. <c>&lt;!-- releasegate/junit/v1 --&gt;</c>.</summary>
    /// <param name="format">The name of the format in small letters.</param>
    public static string Marker(string format) => $"<!-- releasegate/{format}/v1 -->";

    // "releasegate/report/v1" as JSON has it, or the comment. A text that only speaks of releasegate/ is somebody's own.
    private static bool HasMarker(ReadOnlySpan<byte> head)
    {
        var name = "releasegate/"u8;
        for (int at; (at = head.IndexOf(name)) >= 0; head = head[(at + name.Length)..])
        {
            var isBegun = head[..at].EndsWith("\""u8) || head[..at].EndsWith("<!-- "u8);
            var rest = head[(at + name.Length)..];
            var format = rest.IndexOfAnyExceptInRange((byte)'a', (byte)'z');
            if (isBegun && format > 0 && rest[format..].StartsWith("/v"u8) && rest.Length > format + 2 && rest[format + 2] is >= (byte)'1' and <= (byte)'9') return true;
        }

        return false;
    }

    /// <summary>Writes beside, then moves into place. Missing folders are made.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(IFileSystem files, string path, Action<Stream> write)
    {
        if (files.Path.GetDirectoryName(path) is { Length: > 0 } folder) files.Directory.CreateDirectory(folder);
        var beside = $"{path}.{files.Path.GetRandomFileName()}.partial";
        try
        {
            using (var stream = files.FileStream.Create(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None)) write(stream);
            files.File.Move(beside, path, overwrite: true);
        }
        finally
        {
            if (files.File.Exists(beside)) files.File.Delete(beside);
        }
    }

    /// <summary>Adds to the end of a file that others write into as well, in one go.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">A full path.</param>
    /// <param name="write">Writes what is added; told how many bytes are there already.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Append(IFileSystem files, string path, Action<Stream, long> write)
    {
        using var stream = files.FileStream.Create(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        using var text = new MemoryStream();
        write(text, stream.Position);
        stream.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
