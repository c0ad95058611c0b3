namespace ReleaseGate.Artifacts;

/// <summary>A file that is an artifact by itself, such as a program: one entry, named like the file.</summary>
internal sealed class SingleFileReader(ByteSource source, string name, DateTime modified) : ArtifactReader
{
    public override bool AnyOrder => true;

    public override IEnumerable<EntrySource> Entries()
    {
        yield return new WholeFile(source, new Entry(new EntryPath(name), 0) { CompressedLength = source.Length, Modified = modified });
    }

    private sealed class WholeFile(ByteSource source, Entry entry) : EntrySource(entry)
    {
        public override Stream Open() => new ByteSourceStream(source, 0, source.Length);

        public override ByteSource OpenInPlace() => source;
    }
}
