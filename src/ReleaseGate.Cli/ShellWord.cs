namespace ReleaseGate.Cli;

/// <summary>Arguments of commands that people copy.</summary>
internal static class ShellWord
{
    /// <summary>A text as one argument. Names come from packages, and a shell would act on "$(…)".</summary>
    public static string Quoted(string text)
    {
        foreach (var character in text)
            if (!char.IsLetterOrDigit(character) && !"-_./\\:@+~=".Contains(character, StringComparison.Ordinal))
                return OperatingSystem.IsWindows() ? $"\"{text}\"" : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
        return text;
    }
}
