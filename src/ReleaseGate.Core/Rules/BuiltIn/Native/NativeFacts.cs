using System.Globalization;

namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>What a native image keeps for debuggers. A fat Mach-O counts all its slices together.</summary>
internal sealed class NativeFacts
{
    /// <summary>ELF, Mach-O or PE.</summary>
    public string Format { get; set; } = "";

    /// <summary>For which processors, in the order of the file.</summary>
    public List<string> Machines { get; } = [];

    /// <summary>Whether its code is for the .NET runtime: then it is no native image at heart.</summary>
    public bool IsManaged { get; set; }

    /// <summary>Whether a compiler made it for a linker: its symbol table is what it is made for.</summary>
    public bool IsObject { get; set; }

    /// <summary>How many sections hold DWARF or stabs.</summary>
    public int DebugSections { get; set; }

    /// <summary>The bytes of these sections, compressed where they are.</summary>
    public long DebugBytes { get; set; }

    /// <summary>Names of functions and variables that nothing needs to load the image.</summary>
    public long Symbols { get; set; }

    /// <summary>Symbols that are meant for debuggers alone: they name source and object files (Mach-O's stabs).</summary>
    public long DebugSymbols { get; set; }

    /// <summary>Whether it says the name of the file that holds its debug information.</summary>
    public bool HasDebugLink { get; set; }

    /// <summary>E.g. <c>ELF x64, symbols, DWARF</c>.</summary>
    public override string ToString()
    {
        var words = new List<string> { Machines.Count == 0 ? Format : $"{Format} {string.Join('+', Machines)}" };
        if (IsObject) words.Add("object");
        if (Symbols > 0) words.Add("symbols");
        if (DebugSymbols > 0) words.Add("debug map");
        if (DebugSections > 0) words.Add("DWARF");
        if (!IsObject && words.Count == 1) words.Add("stripped");
        if (HasDebugLink) words.Add("debug link");
        return string.Join(", ", words);
    }

    public static string Machine(int number) => string.Create(CultureInfo.InvariantCulture, $"machine {number}");
}
