using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>
/// Reads what ELF, Mach-O and PE images say about their debug information as they stream by: an image may be larger than what is held in memory.
/// </summary>
internal sealed class NativeScanner : EntryScanner
{
    private readonly IEnumerator<Wish> _reading;
    private InvalidDataException? _damage;
    private bool _read;

    private NativeScanner(EntryKind kind)
    {
        _reading = (kind switch
        {
            EntryKind.Elf => ElfReader.Read(Facts),
            EntryKind.MachO => MachOReader.Read(Facts),
            _ => PeReader.Read(Facts),
        }).GetEnumerator();
        Done = _read = !_reading.MoveNext();
    }

    public static ScannerFactory<NativeScanner> Factory { get; } = new(static entry => new NativeScanner(entry.Kind));

    /// <summary>Complete when the scanner has finished.</summary>
    public NativeFacts Facts { get; } = new();

    public override void Scan(in Chunk chunk)
    {
        var position = chunk.Position - chunk.FreshStart;
        try
        {
            while (!_read)
            {
                _reading.Current.Take(chunk.Buffer, position);
                if (!_reading.Current.IsWhole) return;
                _read = !_reading.MoveNext();
            }
        }
        catch (InvalidDataException damage)
        {
            // Said at the end, by Finish.
            _damage = damage;
        }

        Done = true;
    }

    /// <exception cref="InvalidDataException">The image contradicts itself or its format.</exception>
    public override void Finish()
    {
        if (_damage is not null) throw new InvalidDataException(_damage.Message, _damage);
        // What is still wished for does not come any more; the readers decide what that means.
        while (!_read) _read = !_reading.MoveNext();
    }
}
