using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Cli;

/// <summary>One line on standard error that is rewritten in place, once a run takes longer than a second. Erased at the end.</summary>
internal sealed class ProgressLine(TextWriter error, TimeProvider time, int width) : IProgress<GateProgress>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly object _lock = new();
    private readonly long _began = time.GetTimestamp();
    private long _shown;
    private int _length;

    public void Report(GateProgress value)
    {
        // Readers report from several threads.
        lock (_lock)
        {
            if (time.GetElapsedTime(_began) < Patience || (_length > 0 && time.GetElapsedTime(_shown) < Pause)) return;
            var text = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(value.Done + 1, value.Total)}/{value.Total}  {ByteSize.Format(value.Bytes)}  {(value.Findings == 0 ? "" : value.Findings == 1 ? "1 finding  " : $"{value.Findings:#,0} findings  ")}{EntryPath.Printable(value.Artifact)}");
            if (text.Length > width - 1) text = text[..(width - 1)];
            Show(text);
            _shown = time.GetTimestamp();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_length == 0) return;
            Show("");
            error.Write('\r');
            error.Flush();
        }
    }

    private void Show(string text)
    {
        error.Write('\r');
        error.Write(text.PadRight(_length));
        error.Flush();
        _length = text.Length;
    }
}
