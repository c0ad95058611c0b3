namespace ReleaseGate.Artifacts;

/// <summary>What the bytes of an entry are, whatever its name says.</summary>
public enum EntryKind
{
    /// <summary>Binary data of no known format.</summary>
    Binary,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Text (UTF-8 or ASCII) of no more specific kind.</summary>
    Text,

    /// <summary>Text in UTF-16 with a byte order mark.</summary>
    Utf16Text,

    /// <summary>Text that begins like JSON.</summary>
    Json,

    /// <summary>Text that begins like XML.</summary>
    Xml,

    /// <summary>Text that begins with #!.</summary>
    Script,

    /// <summary>A zip archive.</summary>
    Zip,

    /// <summary>A gzip stream.</summary>
    GZip,

    /// <summary>A Brotli stream: told by its name, since it has no signature.</summary>
    Brotli,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>A bzip2 stream.</summary>
    BZip2,

    /// <summary>An xz stream.</summary>
    Xz,

    /// <summary>A Zstandard frame.</summary>
    Zstandard,

    /// <summary>A 7-Zip archive.</summary>
    SevenZip,

    /// <summary>A RAR archive.</summary>
    Rar,

    /// <summary>A Windows cabinet.</summary>
    Cabinet,

    /// <summary>A Portable Executable: .dll or .exe, managed or native.</summary>
    PortableExecutable,

    /// <summary>An ELF image: Linux executable, library or core file.</summary>
    Elf,

    /// <summary>A Mach-O image, thin or fat.</summary>
    MachO,

    /// <summary>A WebAssembly module.</summary>
    WebAssembly,

    /// <summary>A Java class file.</summary>
    JavaClass,

    /// <summary>A portable PDB.</summary>
    PortablePdb,

    /// <summary>A Windows (MSF) PDB.</summary>
    WindowsPdb,

    /// <summary>A Windows minidump.</summary>
    MiniDump,

    /// <summary>A .NET event trace (.nettrace).</summary>
    NetTrace,

    /// <summary>A .NET heap dump (.gcdump).</summary>
    GcDump,

    /// <summary>A Java heap dump (hprof).</summary>
    HeapDump,

    /// <summary>A core dump: an ELF or Mach-O image of a process that crashed.</summary>
    CoreDump,

    /// <summary>A SQLite database.</summary>
    Sqlite,

    /// <summary>A model in GGUF or its predecessor GGML.</summary>
    Gguf,

    /// <summary>A model in safetensors.</summary>
    SafeTensors,

    /// <summary>A Python pickle of protocol 2 to 5: trained models of PyTorch and scikit-learn, and any other object.</summary>
    Pickle,

    /// <summary>An ONNX model.</summary>
    Onnx,

    /// <summary>A NumPy array (.npy).</summary>
    NumPy,

    /// <summary>An HDF5 file: Keras models, measured data.</summary>
    Hdf5,

    /// <summary>A TensorFlow Lite model.</summary>
    TensorFlowLite,

    /// <summary>Captured network traffic: pcap, pcapng.</summary>
    PacketCapture,

    /// <summary>A table in Apache Parquet.</summary>
    Parquet,

    /// <summary>A table in an Apache Arrow file.</summary>
    Arrow,

    /// <summary>Records in an Apache Avro file.</summary>
    Avro,

    /// <summary>A database of Microsoft Access.</summary>
    AccessDatabase,

    /// <summary>A binary dump of a database: pg_dump, Redis.</summary>
    DatabaseDump,

    /// <summary>A git pack file, also as a part of a git bundle.</summary>
    GitPack,

    /// <summary>A git index.</summary>
    GitIndex,

    /// <summary>A macOS Finder .DS_Store.</summary>
    DsStore,

    /// <summary>A vim swap file.</summary>
    VimSwap,

    /// <summary>A PNG image.</summary>
    Png,

    /// <summary>A JPEG image.</summary>
    Jpeg,

    /// <summary>A GIF image.</summary>
    Gif,

    /// <summary>A WebP image.</summary>
    WebP,

    /// <summary>A Windows icon or cursor.</summary>
    Icon,

    /// <summary>A PDF document.</summary>
    Pdf,

    /// <summary>A font: TrueType, OpenType, WOFF or WOFF2.</summary>
    Font,

    /// <summary>Media: MP3, MP4, Ogg, RIFF/WAVE, FLAC.</summary>
    Media,

    /// <summary>An OLE compound file: .msi, .doc, Thumbs.db, .suo.</summary>
    CompoundFile,

    /// <summary>A DER structure (certificate, PKCS#7 signature, PKCS#12).</summary>
    Der,

    /// <summary>A source map: JSON with the structure of ECMA-426, under whatever name.</summary>
    SourceMap,

    /// <summary>An asar, the archive of Electron.</summary>
    Asar,

    /// <summary>A cpio archive.</summary>
    Cpio,

    /// <summary>A package of an operating system: .deb, .rpm, .pkg (xar).</summary>
    SystemPackage,

    /// <summary>A disk or file system image: ISO 9660, SquashFS, AppImage, WIM, VHDX, QCOW2, VMDK.</summary>
    DiskImage,

    /// <summary>A compressed stream of another format: LZ4, LZMA, lzip, compress (.Z), Snappy.</summary>
    CompressedStream,
}
