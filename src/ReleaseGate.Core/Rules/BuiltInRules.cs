using ReleaseGate.Rules.BuiltIn;

namespace ReleaseGate.Rules;

/// <summary>ReleaseGate's own rules.</summary>
public static class BuiltInRules
{
    /// <summary>All of them, by id. One line a rule.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new UnlistedEntry(),
        new MissingEntry(),
        new ForbiddenEntry(),
        new OverBudget(),
        new KindMismatch(),
        new CollidingEntry(),
        new NestedArchive(),
        new SourceMap(),
        new SourceMapContent(),
        new InlineSourceMap(),
        new RemoteSourceMap(),
        new DanglingSourceMap(),
        new SymbolFile(),
        new EmbeddedSymbols(),
        new EmbeddedSource(),
        new DebugBuild(),
        new BuildMachinePath(),
        new NativeDebugInfo(),
        new WasmDebugInfo(),
        new DevelopmentConfiguration(),
        new DiagnosticDump(),
        new TestAssembly(),
        new DevelopmentBundle(),
        new SymbolMismatch(),
        new SourceFile(),
        new ProjectFile(),
        new VersionControlData(),
        new EditorOrSystemFile(),
        new AssistantState(),
        new InternalIdentifier(),
        new ModelWeights(),
        new DataFile(),
        new InternalHost(),
        new ProvenToken(),
        new StructuredToken(),
        new PrivateKey(),
        new CredentialFile(),
        new ConnectionString(),
        new LikelySecret(),
        new WrongDestination(),
        new NoFilesList(),
        new InstallScript(),
        new UnresolvedSpecifier(),
        new UndeclaredDependency(),
        new UnreplacedToken(),
        new VersionMismatch(),
        new UnsafePath(),
        new LinkOrDevice(),
        new HiddenData(),
        new DecompressionBomb(),
        new UnusualAttributes(),
    ];
}
