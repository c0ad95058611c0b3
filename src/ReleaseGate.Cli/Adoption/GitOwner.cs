namespace ReleaseGate.Cli.Adoption;

/// <summary>Who git says is working here.</summary>
internal static class GitOwner
{
    /// <summary><c>user.email</c>, else <c>user.name</c>, as git has it for a folder; null where there is no git or it knows neither.</summary>
    public static string? Find(Surroundings surroundings, string folder)
    {
        if (SystemPath.Find(surroundings, "git") is not { } git) return null;
        foreach (var key in (string[])["user.email", "user.name"])
        {
            var said = new List<string>();
            var code = surroundings.Start(new ProgramStart { Program = git, Arguments = ["config", key], Folder = folder, Said = said.Add }, surroundings.Cancel);
            // 1: there is no such setting.
            if (code == 0 && said is [var value] && value.Trim() is { Length: > 0 } owner) return owner;
        }

        return null;
    }
}
