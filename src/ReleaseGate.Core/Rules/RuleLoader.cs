using System.Reflection;
using System.Runtime.Loader;

namespace ReleaseGate.Rules;

/// <summary>
/// Loads outside rules from assemblies. What the host has loaded already (above all ReleaseGate.Core) wins over a copy beside the rule assembly,
/// so that a rule's types are the engine's types; everything else is resolved from the rule assembly's own folder.
/// </summary>
internal sealed class RuleLoader : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    private RuleLoader(string assemblyPath)
        : base(assemblyPath) => _resolver = new AssemblyDependencyResolver(assemblyPath);

    /// <summary>Makes every rule of the assemblies: each public class with a public constructor without parameters that derives from <see cref="Rule"/>.</summary>
    /// <exception cref="GateException">RG0002: the file does not load, holds no rule, or a rule's constructor fails.</exception>
    /// <param name="assemblyPaths">The files.</param>
    /// <param name="baseFolder">What relative paths are relative to; a full path.</param>
    public static IReadOnlyList<Rule> Load(IReadOnlyList<string> assemblyPaths, string baseFolder)
    {
        var rules = new List<Rule>();
        foreach (var path in assemblyPaths)
        {
            var before = rules.Count;
            try
            {
                var full = Path.GetFullPath(path, baseFolder);
                if (!File.Exists(full)) throw new GateException(GateRules.RuleFailed.Id, "there is no such rule assembly; check the path, and that it was built", path);
                foreach (var type in new RuleLoader(full).LoadFromAssemblyPath(full).GetExportedTypes())
                    if (type is { IsAbstract: false, IsClass: true } && typeof(Rule).IsAssignableFrom(type))
                        rules.Add((Rule)(Activator.CreateInstance(type) ?? throw new MissingMethodException(type.FullName)));
            }
            catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MemberAccessException
                or ReflectionTypeLoadException or TargetInvocationException or UnauthorizedAccessException or ArgumentException or NotSupportedException
                // AssemblyDependencyResolver, for a file that is not there.
                or InvalidOperationException)
            {
                throw new GateException(GateRules.RuleFailed.Id, $"the rule assembly does not load: {(e is TargetInvocationException { InnerException: { } inner } ? inner.Message : e.Message)}", path, inner: e);
            }

            if (rules.Count == before)
                throw new GateException(GateRules.RuleFailed.Id, "the rule assembly holds no rule: a public class that derives from EntryRule, ContentRule or ArtifactRule and has a public constructor without parameters is expected", path);
        }

        return rules;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // Host first: the context that holds ReleaseGate.Core, which in a build is MSBuild's own for the task.
        var host = GetLoadContext(typeof(Rule).Assembly) ?? Default;
        foreach (var loaded in host.Assemblies)
            if (string.Equals(loaded.GetName().Name, assemblyName.Name, StringComparison.OrdinalIgnoreCase)) return loaded;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
