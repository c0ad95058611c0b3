using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class AssistantState() : EntryRule(new Descriptor("RG3005", nameof(AssistantState),
    "An entry is state or instruction of a coding assistant: prompts, permissions, transcripts, servers with their keys.",
    "Leave it out of what is packed; where prompts are the product, allow them by path and lower this rule in the manifest."))
{
    private static readonly NameTable Names = new(
        (".claude/", "state of a coding assistant"),
        (".cursor/", "state of a coding assistant"),
        (".codex/", "state of a coding assistant"),
        (".windsurf/", "state of a coding assistant"),
        (".gemini/", "state of a coding assistant"),
        (".continue/", "state of a coding assistant"),
        (".roo/", "state of a coding assistant"),
        (".cline/", "state of a coding assistant"),
        (".clinerules/", "instructions for a coding assistant"),
        (".kiro/", "state of a coding assistant"),
        (".junie/", "state of a coding assistant"),
        (".opencode/", "state of a coding assistant"),
        (".trae/", "state of a coding assistant"),
        (".augment/", "state of a coding assistant"),
        (".serena/", "state of a coding assistant"),
        (".specstory/", "transcripts of a coding assistant"),
        (".crush/", "state of a coding assistant"),
        (".qwen/", "state of a coding assistant"),
        (".copilot/", "state of a coding assistant"),
        (".playwright-mcp/", "a browser session of a coding assistant"),
        (".cursorrules", "instructions for a coding assistant"),
        (".cursorignore", "instructions for a coding assistant"),
        (".windsurfrules", "instructions for a coding assistant"),
        (".clinerules", "instructions for a coding assistant"),
        (".roorules", "instructions for a coding assistant"),
        (".roomodes", "instructions for a coding assistant"),
        (".goosehints", "instructions for a coding assistant"),
        (".mcp.json", "a list of a coding assistant's servers, often with their keys"),
        ("copilot-instructions.md", "instructions for a coding assistant"));

    // Spelled exactly: "docs/agents.md" may be about estate agents.
    private static readonly string[] ExactNames = ["CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", "AGENTS.override.md", "GEMINI.md", "QWEN.md", "CRUSH.md"];

    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        if (!PackageLayout.IsFile(entry)) return;
        var what = IsExact(entry.Path.Name) ? "instructions for a coding assistant"
            // .aider.chat.history.md, .aider.conf.yml
            : entry.Path.Name.StartsWith(".aider", StringComparison.OrdinalIgnoreCase) ? "state of a coding assistant"
            : Names.Find(entry.Path);
        if (what is not null) context.Report(entry, $"holds {what}");
    }

    private static bool IsExact(ReadOnlySpan<char> name)
    {
        foreach (var exact in ExactNames)
            if (name.SequenceEqual(exact)) return true;
        return false;
    }
}
