using System.Buffers.Binary;
using System.IO.Abstractions;
using ReleaseGate.Artifacts;
using ReleaseGate.Policy;
using ReleaseGate.Rules;
using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Inspection;

/// <summary>
/// A quick look at what a build is about to write: names and first bytes, the allowlist and the rules about entries. What needs all bytes or the whole artifact is
/// left to the look at the real folder.
/// </summary>
internal static class PlannedInspection
{
    // Every signature but those of tar (the 257th byte on) and of models stands in far less.
    private const int Head = 4096;
    private const int MostThreads = 4;
    private const int WorthThreads = 200;

    /// <summary>The rules of a set that a plan can be held against.</summary>
    public static List<Rule> Select(IReadOnlyList<Rule> rules)
    {
        var selected = new List<Rule>();
        foreach (var rule in rules)
            if (rule is EntryRule or UnlistedEntry or ForbiddenEntry) selected.Add(rule);
        return selected;
    }

    /// <summary>Looks at the files of a plan.</summary>
    /// <param name="files">Where they lie now.</param>
    /// <param name="name">The name of the folder that they go into.</param>
    /// <param name="plan">The files.</param>
    /// <param name="rules">Rules that <see cref="Select"/> returned.</param>
    /// <param name="policy">What they are judged by.</param>
    /// <param name="cancel">Stops the look.</param>
    public static Inspection.Result Run(IFileSystem files, string name, Plan plan, IReadOnlyList<Rule> rules, ArtifactPolicy policy, CancellationToken cancel)
    {
        var entries = new Entry[plan.Files.Count];
        var failures = new string?[entries.Length];
        Look(files, plan, entries, failures, cancel);

        var findings = new List<Finding>();
        for (var i = 0; i < entries.Length; i++)
            if (failures[i] is { } failure) findings.Add(new Finding(GateRules.Uninspectable, entries[i], failure) { Fix = GateRules.FixOfUninspectable(failure) });
        SetContainers(entries);
        var sorted = new List<Entry>(entries);
        sorted.Sort(static (a, b) => a.Path.CompareTo(b.Path));
        if (sorted.Count == 0) findings.Add(new Finding(GateRules.NothingInspected, null, "the build plans to publish not a single file"));

        long length = 0;
        foreach (var entry in sorted) length += entry.Length;
        var inventory = new Inventory(name, ArtifactKind.Directory, length, default, sorted, [], null) { Plan = plan, IsPlanned = true };
        Inspection.Judge(rules, policy, inventory, findings, null, cancel);
        return new Inspection.Result(inventory, findings, 0);
    }

    private static void Look(IFileSystem files, Plan plan, Entry[] entries, string?[] failures, CancellationToken cancel)
    {
        var next = -1;
        Exception? failure = null;
        void Work()
        {
            var head = new byte[Head];
            try
            {
                for (int i; Volatile.Read(ref failure) is null && (i = Interlocked.Increment(ref next)) < entries.Length;)
                {
                    cancel.ThrowIfCancellationRequested();
                    (entries[i], failures[i]) = Look(files, plan.Files[i], i, head);
                }
            }
            catch (Exception e)
            {
                // Carried to the caller's thread and thrown there.
                Interlocked.CompareExchange(ref failure, e, null);
            }
        }

        var others = new Thread[entries.Length < WorthThreads ? 0 : Math.Clamp(Environment.ProcessorCount, 1, MostThreads) - 1];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(Work) { IsBackground = true, Name = "ReleaseGate plan" };
            others[i].Start();
        }

        Work();
        foreach (var thread in others) thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private static (Entry Entry, string? Failure) Look(IFileSystem files, PlannedFile file, int order, byte[] head)
    {
        var within = file.Target.AsSpan().IndexOfAny('!', '|');
        if (within <= 0 || within + 2 >= file.Target.Length || file.Target[within + 1] != '/') within = -1;
        // Whether it is an assembly is seen below.
        var path = within < 0 ? new EntryPath(file.Target) : new EntryPath(file.Target[(within + 2)..], new EntryPath(file.Target[..within]));
        var entry = new Entry(path, order);
        try
        {
            var info = files.FileInfo.FromFileName(file.Source);
            if (!info.Exists) return (entry, $"the build means to publish '{EntryPath.Printable(file.Source)}', which is not there");
            entry.Length = info.Length;
            // Pipes have no length and would make us wait.
            if (DiskFile.IsSpecial(files, file.Source, info.Length)) return (entry, "it is neither a file nor a folder");
            using var stream = DiskFile.OpenSequential(files, file.Source);
            var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            entry.Kind = EntryReading.KindOf(entry, head.AsSpan(0, read), isWhole: read < head.Length);
            if (within > 0 && file.Target[within] == '|' && !(entry.Kind == EntryKind.PortableExecutable && IsAssembly(head.AsSpan(0, read))))
                entry.Path = new EntryPath(path.Inner);
            // What the look at the folder will open: a pattern that reaches into it allows it.
            entry.Entered = Artifact.IsEntered(entry.Kind);
            return (entry, null);
        }
        catch (Exception e) when (e is UnreadableException or IOException or UnauthorizedAccessException)
        {
            return (entry, e is UnreadableException ? e.Message : $"the system refuses to read it: {e.GetType().Name}");
        }
    }

    // PE/COFF: the optional header's data directory 14 is that of the CLI header.
    private static bool IsAssembly(ReadOnlySpan<byte> head)
    {
        if (head.Length < 64) return false;
        var optional = BinaryPrimitives.ReadUInt32LittleEndian(head[60..]) + 24L;
        if (optional + 2 > head.Length) return false;
        var directory = optional + (BinaryPrimitives.ReadUInt16LittleEndian(head[(int)optional..]) == 0x20B ? 112 : 96) + (14 * 8);
        return directory + 8 <= head.Length && BinaryPrimitives.ReadUInt64LittleEndian(head[(int)directory..]) != 0;
    }

    // A program and what goes into it.
    private static void SetContainers(Entry[] entries)
    {
        Dictionary<EntryPath, Entry>? programs = null;
        foreach (var entry in entries)
        {
            if (entry.Path.Container is not { } container) continue;
            if (programs is null)
            {
                programs = [];
                foreach (var other in entries)
                    if (other.Path.Container is null) programs.TryAdd(other.Path, other);
            }

            if (!programs.TryGetValue(container, out var program)) continue;
            program.Entered = true;
            entry.Container = program;
        }
    }
}
