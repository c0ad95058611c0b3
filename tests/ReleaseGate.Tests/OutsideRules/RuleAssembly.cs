using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.OutsideRules;

/// <summary>Makes assemblies with an entry rule that reports one sentence for every entry, as a compiler would: nothing of them is loaded before the gate does it.</summary>
internal sealed record RuleAssembly(string Name)
{
    public string Id { get; init; } = "ACME0001";

    public string Message { get; init; } = "is seen";

    /// <summary>An assembly with a type <c>Words</c>, whose <c>Text</c> gives the message; null: the message stands in the rule.</summary>
    public string? Dependency { get; init; }

    /// <summary>A method of <see cref="RuleContext"/> that the engine does not have, called for every entry.</summary>
    public string? MissingMethod { get; init; }

    /// <summary>The name of a file for which the rule throws; null: for none.</summary>
    public string? CrashOn { get; init; }

    /// <summary>Whether the rule ends the process, with 0.</summary>
    public bool Exits { get; init; }

    /// <summary>What the rule's static constructor throws as an <see cref="InvalidOperationException"/>; null: it has none.</summary>
    public string? StaticFailure { get; init; }

    /// <summary>The version of ReleaseGate.Core that it says it was built against; null: this one.</summary>
    public Version? Core { get; init; }

    public void Write(string path)
    {
        var builder = new PersistedAssemblyBuilder(new AssemblyName(Name) { Version = new Version(1, 2, 3, 4) }, typeof(object).Assembly);
        var type = builder.DefineDynamicModule(Name).DefineType($"{Name}.OneRule", TypeAttributes.Public | TypeAttributes.Sealed, typeof(EntryRule));
        Constructor(type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator());
        if (StaticFailure is not null) Fail(type.DefineTypeInitializer().GetILGenerator());
        Inspect(type.DefineMethod("Inspect", MethodAttributes.Public | MethodAttributes.Virtual | MethodAttributes.HideBySig, typeof(void), [typeof(Entry), typeof(Inventory), typeof(RuleContext)]).GetILGenerator());
        type.CreateType();
        using var bytes = new MemoryStream();
        builder.Save(bytes);
        File.WriteAllBytes(path, Changed(bytes.ToArray()));
    }

    /// <summary>Writes the assembly that <see cref="Dependency"/> names.</summary>
    public static void WriteDependency(string path, string name, string text)
    {
        var builder = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        Words(builder, name, text);
        builder.Save(path);
    }

    private static MethodBuilder Words(PersistedAssemblyBuilder builder, string name, string text)
    {
        var type = builder.DefineDynamicModule(name).DefineType("Words", TypeAttributes.Public);
        var method = type.DefineMethod("Text", MethodAttributes.Public | MethodAttributes.Static, typeof(string), []);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldstr, text);
        il.Emit(OpCodes.Ret);
        type.CreateType();
        return method;
    }

    private void Constructor(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_0);
        foreach (var text in (string[])[Id, "OneRule", "One sentence.", "Leave it out."]) il.Emit(OpCodes.Ldstr, text);
        il.Emit(OpCodes.Ldc_I4, (int)Severity.Error);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Newobj, typeof(Descriptor).GetConstructor([typeof(string), typeof(string), typeof(string), typeof(string), typeof(Severity), typeof(bool)])!);
        il.Emit(OpCodes.Call, typeof(EntryRule).GetConstructor(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Instance, [typeof(Descriptor)])!);
        il.Emit(OpCodes.Ret);
    }

    private void Fail(ILGenerator il)
    {
        il.Emit(OpCodes.Ldstr, StaticFailure!);
        il.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
        il.Emit(OpCodes.Throw);
    }

    private void Inspect(ILGenerator il)
    {
        var offset = il.DeclareLocal(typeof(long?));
        var severity = il.DeclareLocal(typeof(Severity?));
        if (CrashOn is not null)
        {
            var goOn = il.DefineLabel();
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Callvirt, typeof(Entry).GetProperty(nameof(Entry.Path))!.GetMethod!);
            il.Emit(OpCodes.Ldstr, CrashOn);
            il.Emit(OpCodes.Callvirt, typeof(EntryPath).GetMethod(nameof(EntryPath.NameIs))!);
            il.Emit(OpCodes.Brfalse, goOn);
            il.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([])!);
            il.Emit(OpCodes.Throw);
            il.MarkLabel(goOn);
        }

        if (Exits)
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Call, typeof(Environment).GetMethod(nameof(Environment.Exit))!);
        }

        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldarg_1);
        if (Dependency is null) il.Emit(OpCodes.Ldstr, Message);
        else il.Emit(OpCodes.Call, Words(new PersistedAssemblyBuilder(new AssemblyName(Dependency), typeof(object).Assembly), Dependency, ""));
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Ldloc, offset);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Ldloc, severity);
        il.Emit(OpCodes.Ldloc, severity);
        il.Emit(OpCodes.Callvirt, typeof(RuleContext).GetMethod(nameof(RuleContext.Report),
            [typeof(Entry), typeof(string), typeof(string), typeof(long?), typeof(ManifestLocation), typeof(ImmutableSortedDictionary<string, string>), typeof(EntryPath), typeof(Severity?), typeof(Severity?)])!);
        il.Emit(OpCodes.Ret);
    }

    // What no compiler here would write: a reference to another version, and to a method that is not there.
    private byte[] Changed(byte[] image)
    {
        if (MissingMethod is { } missing) Replace(image, System.Text.Encoding.ASCII.GetBytes(nameof(RuleContext.Report) + "\0"), System.Text.Encoding.ASCII.GetBytes(missing + "\0"));
        if (Core is null) return image;
        using var reader = new System.Reflection.PortableExecutable.PEReader(ImmutableArray.Create(image));
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(reader);
        var start = reader.PEHeaders.MetadataStartOffset + System.Reflection.Metadata.Ecma335.MetadataReaderExtensions.GetTableMetadataOffset(metadata, System.Reflection.Metadata.Ecma335.TableIndex.AssemblyRef);
        var size = System.Reflection.Metadata.Ecma335.MetadataReaderExtensions.GetTableRowSize(metadata, System.Reflection.Metadata.Ecma335.TableIndex.AssemblyRef);
        var row = 0;
        foreach (var handle in metadata.AssemblyReferences)
        {
            var at = start + row++ * size;
            if (metadata.GetString(metadata.GetAssemblyReference(handle).Name) != "ReleaseGate.Core") continue;
            // ECMA-335 II.22.5: major, minor, build, revision, two bytes each.
            BitConverter.TryWriteBytes(image.AsSpan(at), (ushort)Core.Major);
            BitConverter.TryWriteBytes(image.AsSpan(at + 2), (ushort)Core.Minor);
        }

        return image;
    }

    private static void Replace(byte[] image, byte[] before, byte[] after)
    {
        if (before.Length != after.Length) throw new ArgumentException("The names must be of one length.", nameof(after));
        var at = image.AsSpan().IndexOf(before);
        if (at < 0) throw new InvalidOperationException("The name is not there.");
        after.CopyTo(image, at);
    }
}
