using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class LinkOrDevice() : EntryRule(new Descriptor("RG6002", nameof(LinkOrDevice),
    "An entry is a link, a device, a pipe or a socket instead of a file.",
    "Put a copy of the file where the link stands, or leave the entry out."))
{
    public override void Inspect(Entry entry, Inventory inventory, RuleContext context)
    {
        var target = entry.LinkTarget is null ? "an unreadable target" : $"'{EntryPath.Printable(entry.LinkTarget)}'";
        switch (entry.Type)
        {
            case EntryType.SymbolicLink:
                context.Report(entry, $"is a symbolic link to {target}; what it will lead to where it is unpacked was not inspected");
                break;
            case EntryType.HardLink:
                context.Report(entry, $"is a hard link to {target}");
                break;
            case EntryType.Device:
                context.Report(entry, "is a device, a pipe or a socket");
                break;
        }
    }
}
