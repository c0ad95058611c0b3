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
        // The key that every report begins with, and how every SARIF file begins.
        return length == 0 || head.AsSpan(0, length).IndexOf("\"releasegate/"u8) > 0 || head.AsSpan(0, length).IndexOf("sarif-2.1.0"u8) > 0;
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
}
