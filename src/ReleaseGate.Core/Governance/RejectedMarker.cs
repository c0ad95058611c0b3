using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Reporting;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>
/// The file that stands in a folder which has not passed, since a folder can't be put aside: whoever looks into it, or scripts against it, sees why
/// it may not be released. Nothing else in the folder is touched.
/// </summary>
internal sealed class RejectedMarker(IFileSystem files)
{
    /// <summary>The name of the file, directly in the folder.</summary>
    public const string FileName = "releasegate-rejected.txt";

    // By it, not by its name, a marker is known for ours.
    private const string FirstLine = "ReleaseGate has not passed this folder: release nothing of it.";

    /// <summary>Marks a folder with what was found. An older marker of ours is replaced.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="report">The report that has not passed.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <exception cref="IOException">The marker can't be written, or a file of its name is there that is not ours.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string folder, GateReport report, DateTime now)
    {
        var text = new StringBuilder();
        foreach (var verdict in report.Verdicts)
        {
            var excerpt = Excerpt.Of(verdict, Severity.Warning);
            foreach (var judged in excerpt.Shown)
            {
                var line = Diagnostic.From(report.Request, verdict, judged);
                text.Append(judged.Severity.ToString().ToLowerInvariant()).Append(' ').Append(line.Rule).Append(": ").Append(line.Text).Append('\n');
            }

            foreach (var (rule, count) in excerpt.Left) text.Append(TextReporter.More(rule, count)).Append('\n');
            text.Append(TextReporter.Summary(verdict)).Append('\n');
        }

        Write(folder, text, now);
    }

    /// <summary>Marks a folder of which the check could not begin or end.</summary>
    /// <param name="folder">The folder; it exists.</param>
    /// <param name="reason">Why not.</param>
    /// <param name="now">The time of the run, UTC.</param>
    /// <exception cref="IOException">The marker can't be written, or a file of its name is there that is not ours.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Write(string folder, string reason, DateTime now) => Write(folder, new StringBuilder(EntryPath.Printable(reason)).Append('\n'), now);

    /// <summary>Takes away the marker of an earlier run, before the folder is inspected again. A file of the name that is not ours stays, and is an entry like any other.</summary>
    /// <param name="folder">The folder; it may be missing.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">It can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public bool Remove(string folder)
    {
        var path = files.Path.Combine(folder, FileName);
        if (!IsMarker(path)) return false;
        files.File.Delete(path);
        return true;
    }

    /// <summary>Whether a file is a marker of ours. An empty one of the name is: the run that wrote it was killed.</summary>
    /// <param name="path">The path of the file; it may be missing.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public bool IsMarker(string path)
    {
        if (!string.Equals(files.Path.GetFileName(path), FileName, StringComparison.Ordinal)) return false;
        var info = files.FileInfo.FromFileName(path);
        // A link or a pipe is nobody's marker, and reading it could last.
        if (!info.Exists || (info.Attributes & FileAttributes.ReparsePoint) != 0 || DiskFile.IsSpecial(files, path, info.Length)) return false;
        using var stream = files.File.OpenRead(path);
        var head = new byte[FirstLine.Length + 2];
        var text = Encoding.UTF8.GetString(head, 0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        // MSBuild wrote it where the check itself could not: with the line ends of its system.
        return text.Length == 0 || text.StartsWith(FirstLine + "\n", StringComparison.Ordinal) || text == FirstLine + "\r\n";
    }

    private void Write(string folder, StringBuilder why, DateTime now)
    {
        Remove(folder);
        using var stream = files.FileStream.Create(files.Path.Combine(folder, FileName), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        writer.WriteLine(FirstLine);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd HH:mm:ss} UTC, ReleaseGate {GateReport.ToolVersion}. The next check that passes takes this file away."));
        writer.WriteLine();
        writer.Write(why);
    }
}
