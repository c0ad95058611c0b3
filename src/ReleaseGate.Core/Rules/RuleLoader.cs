using System.Reflection;
using System.Runtime.Loader;

namespace ReleaseGate.Rules;

/// <summary>
/// Loads outside rules from assemblies, each with a context of its own. ReleaseGate.Core and what it refers to are the engine's, whatever lies beside the rule assembly, so that
/// a rule's types are the engine's types; everything else comes from the rule assembly's folder, and then from the runtime. So the task and the command line give a rule the same.
/// Files are read, not mapped: a build node that lives on locks none and takes the next build of a rule, and what a run has loaded goes with it.
/// </summary>
internal sealed class RuleLoader : AssemblyLoadContext
{
    private static readonly Assembly Core = typeof(Rule).Assembly;

    private readonly AssemblyDependencyResolver _resolver;

    private RuleLoader(string assemblyPath, Digest digest)
        : base(assemblyPath, isCollectible: true)
    {
        _resolver = new AssemblyDependencyResolver(assemblyPath);
        Digest = digest;
    }

    /// <summary>SHA-256 of the rule assembly as it was loaded.</summary>
    public Digest Digest { get; }

    /// <summary>Makes every rule of the assemblies: each public class with a public constructor without parameters that derives from <see cref="Rule"/>.</summary>
    /// <exception cref="GateException">RG0002: the file does not load, holds no rule, or a rule's constructor fails.</exception>
    /// <param name="assemblyPaths">The files.</param>
    /// <param name="baseFolder">What relative paths are relative to; a full path.</param>
    public static IReadOnlyList<Rule> Load(IReadOnlyList<string> assemblyPaths, string baseFolder)
    {
        var rules = new List<Rule>();
        var loaded = new List<string>(assemblyPaths.Count);
        foreach (var path in assemblyPaths)
        {
            var before = rules.Count;
            Assembly? assembly = null;
            try
            {
                var full = Path.GetFullPath(path, baseFolder);
                // A package and the project may name the same file.
                if (loaded.Contains(full, StringComparer.Ordinal)) continue;
                loaded.Add(full);
                if (!File.Exists(full)) throw new GateException(GateRules.RuleFailed.Id, "there is no such rule assembly; check the path, and that it was built", path);
                var bytes = File.ReadAllBytes(full);
                var loader = new RuleLoader(full, Digest.Of(bytes));
                assembly = loader.Read(bytes);
                foreach (var type in assembly.GetExportedTypes())
                {
                    if (type is not { IsAbstract: false, IsClass: true } || !typeof(Rule).IsAssignableFrom(type)) continue;
                    var rule = (Rule)(Activator.CreateInstance(type) ?? throw new MissingMethodException(type.FullName));
                    rule.Loader = loader;
                    rules.Add(rule);
                }

                // Until here no rule may hold it.
                GC.KeepAlive(loader);
            }
            catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MemberAccessException
                or ReflectionTypeLoadException or TargetInvocationException or TypeInitializationException or UnauthorizedAccessException or ArgumentException or NotSupportedException
                // AssemblyDependencyResolver, for a file that is not there.
                or InvalidOperationException)
            {
                throw new GateException(GateRules.RuleFailed.Id, $"the rule assembly does not load: {(e is BadImageFormatException && assembly is null ? "it is no .NET assembly, or a damaged one" : Cause(e).Message)}{Other(assembly)}", path, inner: e);
            }

            if (rules.Count == before)
                throw new GateException(GateRules.RuleFailed.Id, "the rule assembly holds no rule: a public class that derives from EntryRule, ContentRule or ArtifactRule and has a public constructor without parameters is expected", path);
        }

        return rules;
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsTheEngines(assemblyName.Name))
        {
            // The context that holds ReleaseGate.Core, which in a build is MSBuild's own for the task. Whatever version is asked for: there is one engine.
            var host = GetLoadContext(Core) ?? Default;
            return host.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? Read(File.ReadAllBytes(path)) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool IsTheEngines(string? name)
    {
        if (name == Core.GetName().Name) return true;
        foreach (var reference in Core.GetReferencedAssemblies())
            if (reference.Name == name) return true;
        return false;
    }

    // What a constructor threw, or what a static field was to be set to: "the type initializer threw an exception" helps nobody.
    private static Exception Cause(Exception e)
    {
        while (e is TargetInvocationException or TypeInitializationException && e.InnerException is { } inner) e = inner;
        return e;
    }

    // What a rule was built against may lack in this engine, or be more than it has.
    private static string Other(Assembly? assembly)
    {
        foreach (var reference in assembly?.GetReferencedAssemblies() ?? [])
            if (reference.Name == Core.GetName().Name && reference.Version != Core.GetName().Version)
                return $" (it was built against {reference.Name} {reference.Version}, and this is {Core.GetName().Version})";
        return "";
    }

    private Assembly Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return LoadFromStream(stream);
    }
}
