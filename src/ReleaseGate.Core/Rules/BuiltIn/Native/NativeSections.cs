namespace ReleaseGate.Rules.BuiltIn.Native;

/// <summary>Names of sections that hold debug information, in ELF images and in PE images of GNU and LLVM linkers.</summary>
internal static class NativeSections
{
    /// <summary>Whether a section of this name describes source code. What unwinds stacks or loads scripts of a debugger does not: stripped Rust programs keep the latter.</summary>
    public static bool IsDebug(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(".stab"u8) || name.SequenceEqual(".stabstr"u8)) return true;
        if (name.StartsWith(".zdebug_"u8)) name = name[2..];
        else if (name.StartsWith(".debug_"u8)) name = name[1..];
        else return false;
        return !name.SequenceEqual("debug_gdb_scripts"u8) && !name.SequenceEqual("debug_frame"u8);
    }
}
