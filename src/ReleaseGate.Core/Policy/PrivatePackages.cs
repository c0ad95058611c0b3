using ReleaseGate.Rules;

namespace ReleaseGate.Policy;

/// <summary>The <c>private</c> of a manifest: which packages are internal, and where these may go (RG5001).</summary>
public sealed class PrivatePackages
{
    internal PrivatePackages(IReadOnlyList<InternalName> ids, IReadOnlyList<InternalName> scopes, IReadOnlyList<RegistryAddress> registries)
    {
        Ids = ids;
        Scopes = scopes;
        Registries = registries;
    }

    /// <summary>Ids of NuGet packages and names of npm packages without a scope; <c>*</c> stands for any characters.</summary>
    public IReadOnlyList<InternalName> Ids { get; }

    /// <summary>Scopes of npm packages, e.g. <c>@acme</c>.</summary>
    public IReadOnlyList<InternalName> Scopes { get; }

    /// <summary>The registries that private packages may go to.</summary>
    public IReadOnlyList<RegistryAddress> Registries { get; }

    /// <summary>What makes a package internal, or null where nothing does. Letters of either case are the same, as feeds take them.</summary>
    /// <param name="id">A package's id or name, e.g. <c>Acme.Internal.Core</c> or <c>@acme/cli</c>.</param>
    public InternalName? Find(string id)
    {
        if (id.StartsWith('@'))
        {
            var slash = id.IndexOf('/', StringComparison.Ordinal);
            var scope = slash < 0 ? id : id[..slash];
            foreach (var name in Scopes)
                if (name.Text.Equals(scope, StringComparison.OrdinalIgnoreCase)) return name;
            return null;
        }

        foreach (var name in Ids)
            if (IsMatch(name.Text, id)) return name;
        return null;
    }

    /// <summary>Whether private packages may go to an address.</summary>
    /// <param name="address">As a package states it.</param>
    public bool Allows(string address)
    {
        if (RegistryAddress.Normalised(address) is not { } normalised) return false;
        foreach (var registry in Registries)
            if (registry.Address.Equals(normalised, StringComparison.Ordinal)) return true;
        return false;
    }

    // '*' is the only wildcard. Goes back to the last one alone: as good as to all of them, and never exponential.
    private static bool IsMatch(string pattern, string id)
    {
        int at = 0, star = -1, from = 0, place = 0;
        while (place < id.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                from = place;
            }
            else if (at < pattern.Length && char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(id[place]))
            {
                at++;
                place++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                place = ++from;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }
}

/// <summary>An id, a pattern of ids or a scope that a manifest calls internal, and where it stands.</summary>
/// <param name="Text">As written.</param>
/// <param name="Location">Line and column.</param>
public sealed record InternalName(string Text, ManifestLocation Location);

/// <summary>A registry that private packages may go to.</summary>
/// <param name="Text">As written.</param>
/// <param name="Address">In the form that addresses are compared in.</param>
public sealed record RegistryAddress(string Text, string Address)
{
    /// <summary>
    /// An address in the form that addresses are compared in: scheme and host in lower case, no default port, no slash at the end.
    /// Null for what is no address of http or https, or carries credentials, a query or a fragment.
    /// </summary>
    public static string? Normalised(string address)
    {
        if (address != address.Trim() || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http")) return null;
        // Clients read a backslash in different ways.
        if (uri.UserInfo.Length > 0 || address.Contains('\\', StringComparison.Ordinal)) return null;
        return uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.IdnHost.Length == 0
            ? null
            : $"{uri.Scheme}://{uri.IdnHost.ToLowerInvariant()}{(uri.IsDefaultPort ? "" : ":" + uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))}{uri.AbsolutePath.TrimEnd('/')}";
    }
}

/// <summary>Reads the <c>private</c> of manifests.</summary>
internal sealed class PrivatePackagesReader
{
    internal static readonly string[] Keys = ["ids", "scopes", "registries"];

    private readonly List<InternalName> _ids = [];
    private readonly List<InternalName> _scopes = [];
    private readonly List<RegistryAddress> _registries = [];

    /// <summary>What all manifests that were read say together.</summary>
    public PrivatePackages ToList() => new(_ids, _scopes, _registries);

    /// <summary>Adds what one manifest says.</summary>
    /// <exception cref="GateException">RG0001.</exception>
    public void Add(ManifestText text, JsonMember member)
    {
        var part = ManifestReader.Object(text, member.Value, "\"private\"");
        ManifestReader.RequireKeys(text, part, Keys, "\"private\"");
        if (part.Members.Count == 0) throw text.Wrong(part.Offset, $"\"private\" is empty and guards nothing; it has {ManifestReader.Listed(Keys)}");
        foreach (var key in part.Members)
        {
            var items = ManifestReader.Items(text, key);
            if (items.Count == 0) throw text.Wrong(key.Value.Offset, $"\"{key.Name}\" is empty and guards nothing");
            foreach (var item in items)
            {
                if (item is not JsonPart.Text value) throw text.Wrong(item.Offset, $"\"{key.Name}\" holds strings; this is {item.Kind}");
                Add(text, key.Name, value);
            }
        }
    }

    private void Add(ManifestText text, string key, JsonPart.Text value)
    {
        var shown = ManifestText.Shown(value.Value);
        switch (key)
        {
            case "ids":
                if (value.Value.StartsWith('@')) throw text.Wrong(value.Offset, $"'{shown}' is a scope of npm; it belongs in \"scopes\"");
                if (value.Value.Length == 0 || !value.Value.All(static c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '*'))
                    throw text.Wrong(value.Offset, $"'{shown}' is no id and no pattern of ids; '*' stands for any characters, e.g. \"Acme.Internal.*\"");
                if (value.Value.All(static c => c == '*')) throw text.Wrong(value.Offset, $"'{shown}' makes every package internal; give the sections \"destination\": \"private\" instead");
                _ids.Add(new InternalName(value.Value, text.At(value.Offset)));
                break;
            case "scopes":
                if (value.Value.Length < 2 || value.Value[0] != '@' || !value.Value[1..].All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~'))
                    throw text.Wrong(value.Offset, $"'{shown}' is no scope of npm; it is the part before the slash, e.g. \"@acme\"");
                _scopes.Add(new InternalName(value.Value, text.At(value.Offset)));
                break;
            default:
                // Not shown: what is wrong with it may be that it carries a password.
                if (RegistryAddress.Normalised(value.Value) is not { } address)
                    throw text.Wrong(value.Offset, "this is no address of a registry; write http or https, the host and the path, without credentials, query and fragment, e.g. \"https://npm.acme.example/\"");
                _registries.Add(new RegistryAddress(value.Value, address));
                break;
        }
    }
}
