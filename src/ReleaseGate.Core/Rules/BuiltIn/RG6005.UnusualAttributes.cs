using System.Globalization;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class UnusualAttributes() : ArtifactRule(new Descriptor("RG6005", nameof(UnusualAttributes),
    "Entries carry attributes that no release needs: setuid bits, write permission for everyone, the name of a person, impossible times.",
    "Set modes, owner and times when packing, e.g. tar --owner=0 --group=0 --numeric-owner --mode=go-w --mtime=@315532800.",
    Severity.Warning))
{
    private const int SetUserOrGroup = 0xC00; // 06000
    private const int WorldWritable = 2;
    private const int OwnerShown = 64;

    // Accounts that tell nothing about a person: systems and build services.
    private static readonly HashSet<string> Impersonal = new(StringComparer.OrdinalIgnoreCase)
    {
        "", "root", "wheel", "admin", "users", "staff", "nobody", "nogroup", "daemon", "bin", "docker", "runner", "vsts", "vsts_azpcontainer", "circleci",
        "jenkins", "travis", "gitlab-runner", "buildkite-agent", "build", "builder", "node",
    };

    public override void Inspect(Inventory inventory, RuleContext context)
    {
        SortedDictionary<string, int>? owners = null;
        foreach (var entry in inventory.Entries)
        {
            Mode(entry, inventory, context);
            if (entry.Owner is { } owner && IsPersonal(owner))
            {
                owners ??= new SortedDictionary<string, int>(StringComparer.Ordinal);
                owners[owner] = owners.GetValueOrDefault(owner) + 1;
            }

            // 1970 stands for "no time", and no year within what zip and NuGet can write is unusual.
            if (entry.Modified is { Year: < 1980 or > 2107 } modified && modified != DateTime.UnixEpoch && inventory.Kind != ArtifactKind.Directory)
                context.Report(entry, string.Create(CultureInfo.InvariantCulture, $"says it was changed at {modified:yyyy-MM-dd HH:mm:ss}, outside of 1980 to 2107"));
        }

        if (owners is null) return;
        foreach (var (owner, count) in owners)
        {
            var shown = owner.Length > OwnerShown ? owner[..OwnerShown] + "…" : owner;
            context.Report(null, $"{count} {(count == 1 ? "entry names" : "entries name")} the owner '{EntryPath.Printable(shown)}'");
        }
    }

    private static void Mode(Entry entry, Inventory inventory, RuleContext context)
    {
        if (entry.UnixMode is not { } mode || entry.Type is EntryType.SymbolicLink) return;
        var text = Convert.ToString(mode, 8).PadLeft(3, '0');
        if (entry.Type != EntryType.Directory && (mode & SetUserOrGroup) != 0)
            context.Report(entry, $"runs with the rights of its owner or group wherever it is unpacked (mode {text})");
        // The disk a folder lies on decides its modes (mounted Windows disks give everyone everything); they do not ship.
        else if (entry.Type != EntryType.Directory && (mode & WorldWritable) != 0 && inventory.Kind != ArtifactKind.Directory)
            context.Report(entry, $"may be written by everyone (mode {text})");
    }

    private static bool IsPersonal(string owner) => owner.Split(':').Any(name => !Impersonal.Contains(name) && !name.All(char.IsAsciiDigit));
}
