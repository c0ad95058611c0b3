namespace ReleaseGate.Testing;

/// <summary>Builds the artifact of a case: a file's bytes, or the files of a folder.</summary>
internal sealed class ArtifactBuilder
{
    private readonly CorpusNode _artifact;
    private readonly List<CorpusNode> _nodes;
    private readonly string _name;
    private readonly string _format;
    private readonly bool _bare;

    public ArtifactBuilder(CorpusNode artifact, List<CorpusNode> nodes)
    {
        _artifact = artifact;
        _nodes = nodes;
        var words = artifact.Words();
        _name = words[0];
        _format = FormatOf(_name);
        foreach (var word in words.Skip(1))
        {
            if (word == "bare") _bare = true;
            else if (word.StartsWith("as=", StringComparison.Ordinal)) _format = FormatOf("x." + word[3..]);
            else throw artifact.Error($"'{word}' is unknown: 'bare' or 'as=zip|tgz|tar|gz|nupkg|snupkg' may stand here");
        }

        if (_nodes.Any(n => n.Word == "raw")) _format = "raw";
        if (_format.Length == 0) throw artifact.Error("the extension says no format; use as=… or 'raw'");
    }

    /// <summary>Whether the artifact is a folder: see <see cref="Files"/>.</summary>
    public bool IsDirectory => _format == "/";

    /// <summary>The artifact's bytes.</summary>
    /// <exception cref="CorpusException">The case's text is wrong.</exception>
    public byte[] Build()
    {
        try
        {
            return Made();
        }
        catch (Exception wrong) when (Recipe.IsOfText(wrong))
        {
            throw _artifact.Error($"the artifact can't be made of this: {wrong.Message}");
        }
    }

    private byte[] Made()
    {
        var bytes = _format switch
        {
            "raw" => Recipe.Bytes(_nodes.Single(n => n.Word == "raw").Children),
            "nupkg" or "snupkg" => NuGet().Build(),
            "zip" => new ZipFileBuilder(_nodes).Build(),
            "tgz" => Samples.GZip(Tar().Build()),
            "tar" => Tar().Build(),
            "gz" => Samples.GZip(EntrySpec.All(_nodes).Single().Body),
            _ => throw _artifact.Error("a folder has no bytes"),
        };
        foreach (var node in _nodes)
        {
            switch (node.Word)
            {
                case "prepend": bytes = [.. Recipe.Bytes(node.Children), .. bytes]; break;
                case "append": bytes = [.. bytes, .. Recipe.Bytes(node.Children)]; break;
                case "cut":
                    var cut = Recipe.Number(node, node.Rest);
                    bytes = cut >= 0 && cut <= bytes.Length ? bytes[..^(int)cut] : throw node.Error($"{cut} of {bytes.Length} bytes can't be cut");
                    break;
                case "patch":
                    var words = node.Words();
                    if (words.Count != 2) throw node.Error("patch OFFSET HEX; a negative offset counts from the end");
                    var offset = (int)Recipe.Number(node, words[0]);
                    Convert.FromHexString(words[1]).CopyTo(bytes, offset < 0 ? bytes.Length + offset : offset);
                    break;
            }
        }

        return bytes;
    }

    /// <summary>The entries that the case gives; those of nested archives are not among them, their archives are.</summary>
    public IReadOnlyList<EntrySpec> Entries() => EntrySpec.All(_nodes);

    /// <summary>The files of a folder.</summary>
    public IReadOnlyList<EntrySpec> Files() => IsDirectory ? EntrySpec.All(_nodes) : throw _artifact.Error("the artifact is a file");

    private static string FormatOf(string name)
    {
        if (name.EndsWith('/')) return "/";
        if (name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".tgz", StringComparison.Ordinal)) return "tgz";
        return name[(name.LastIndexOf('.') + 1)..] switch
        {
            "nupkg" => "nupkg",
            "snupkg" => "snupkg",
            "zip" or "vsix" or "whl" or "jar" => "zip",
            "tar" => "tar",
            "gz" => "gz",
            _ => "",
        };
    }

    private ZipFileBuilder NuGet()
    {
        var zip = new ZipFileBuilder(_nodes);
        if (_bare) return zip;
        // What every packer writes, so that cases are about what they are about.
        if (!zip.Any(p => p == "[Content_Types].xml"))
            zip.Insert("[Content_Types].xml", "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>");
        if (!zip.Any(p => p == "_rels/.rels"))
            zip.Insert("_rels/.rels", "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>");
        if (!zip.Any(p => !p.Contains('/', StringComparison.Ordinal) && p.EndsWith(".nuspec", StringComparison.Ordinal)))
        {
            var types = _format == "snupkg" ? "<packageTypes><packageType name=\"SymbolsPackage\"/></packageTypes>" : "";
            zip.Insert("Acme.nuspec",
                "<?xml version=\"1.0\"?><package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\"><metadata>"
                + $"<id>Acme</id><version>1.0.0</version><authors>Acme</authors><description>A test.</description>{types}</metadata></package>");
        }

        return zip;
    }

    private TarballBuilder Tar()
    {
        var tar = new TarballBuilder(_nodes);
        // A tarball with a 'package' folder is an npm package; it has a package.json.
        if (!_bare && tar.Any(p => p.StartsWith("package/", StringComparison.Ordinal)) && !tar.Any(p => p == "package/package.json"))
            tar.Insert("package/package.json", "{\"name\":\"acme\",\"version\":\"1.0.0\",\"files\":[\"dist\"]}");
        return tar;
    }
}
