using ReleaseGate.Artifacts;
using ReleaseGate.Rules;

namespace ReleaseGate.Governance;

/// <summary>Which folders a seal can speak for: their digest is that of "digest, two spaces, path, line feed" lines of files alone, so nothing else may be in them, and no path may look like a line.</summary>
internal static class SealedFolder
{
    /// <summary>What statements call a folder.</summary>
    public const string Directory = "directory";

    /// <summary>What statements call everything else.</summary>
    public const string File = "file";

    // Set-uid, set-gid, sticky.
    private const int SpecialBits = 0xE00;

    /// <summary>What statements call an artifact.</summary>
    public static string KindOf(Inventory inventory) => inventory.Kind == ArtifactKind.Directory ? Directory : File;

    /// <summary>Why no seal can speak for a folder, as the end of a sentence; null where one can, and for files.</summary>
    public static string? WhyNot(Inventory inventory)
    {
        if (inventory.Kind != ArtifactKind.Directory) return null;
        foreach (var entry in inventory.Entries)
        {
            // What is inside an archive counts by the archive's own bytes.
            if (entry.Path.Depth > 0) continue;
            var path = EntryPath.Printable(entry.Path.Value);
            if (entry.Type is EntryType.SymbolicLink or EntryType.HardLink) return $"'{path}' is a link, and the digest of a folder is that of its files alone";
            if (entry.Type == EntryType.Device) return $"'{path}' is a device or a pipe, and the digest of a folder is that of its files alone";
            // A folder shows up itself only where it is empty.
            if (entry.Type == EntryType.Directory) return $"'{path}' is an empty folder, and the digest of a folder is that of its files alone";
            if ((entry.UnixMode & SpecialBits) > 0) return $"'{path}' has the set-uid, set-gid or sticky bit, and the digest of a folder does not cover permissions";
            foreach (var c in entry.Path.Value)
                if (char.IsControl(c)) return $"the name '{path}' has a control character in it, so two different folders could have one digest";
        }

        return null;
    }
}
