using ReleaseGate.Artifacts;
using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

public sealed class GlobTests
{
    [TestCase("README.md", "README.md", true)]
    [TestCase("README.md", "readme.md", false)]
    [TestCase("README.md", "docs/README.md", false)]
    [TestCase("*.dll", "a.dll", true)]
    [TestCase("*.dll", ".dll", true)]
    [TestCase("*.dll", "a.dll.config", false)]
    [TestCase("*.dll", "lib/a.dll", false)]
    [TestCase("lib*.so", "libz.so", true)]
    [TestCase("lib*.so", "lib.so", true)]
    [TestCase("a*a", "a", false)]
    [TestCase("a*b*c", "aXbYc", true)]
    [TestCase("a*b*c", "acb", false)]
    [TestCase("a?c", "abc", true)]
    [TestCase("a?c", "ac", false)]
    [TestCase("a?c", "a/c", false)]
    [TestCase("*", "a", true)]
    [TestCase("*", "a/b", false)]
    [TestCase("**", "a", true)]
    [TestCase("**", "a/b/c", true)]
    [TestCase("lib/**", "lib/a/b", true)]
    [TestCase("lib/**", "lib", true)]
    [TestCase("lib/**", "lib2/a", false)]
    [TestCase("lib/**", "x/lib/a", false)]
    [TestCase("**/a.js", "a.js", true)]
    [TestCase("**/a.js", "x/y/a.js", true)]
    [TestCase("**/a.js", "x/ya.js", false)]
    [TestCase("a/**/b/**/c", "a/b/c", true)]
    [TestCase("a/**/b/**/c", "a/x/b/y/z/c", true)]
    [TestCase("a/**/b/**/c", "a/x/y/z/c", false)]
    [TestCase("**/b/c", "b/b/c", true)]
    [TestCase("**/b/*/c", "b/b/x/c", true)]
    [TestCase("**/x/**", "a/b/x", true)]
    [TestCase("**/**/**/a*a*a*a*b", "x/y/aaaaaaaab", true)]
    [TestCase("*.{js,css}", "a.js", true)]
    [TestCase("*.{js,css}", "a.css", true)]
    [TestCase("*.{js,css}", "a.jss", false)]
    [TestCase("app{.min,}.js", "app.js", true)]
    [TestCase("app{.min,}.js", "app.min.js", true)]
    [TestCase("app{.min,}.js", "app.max.js", false)]
    [TestCase("{lib,ref}/*", "ref/a", true)]
    [TestCase("{lib,ref}/*", "lab/a", false)]
    [TestCase("{a*z,b?}", "a12z", true)]
    [TestCase("{a*z,b?}", "bz", true)]
    [TestCase("{a,b{c,d}}e", "bde", true)]
    [TestCase("{a,b{c,d}}e", "be", false)]
    [TestCase("x{tfm,y}", "xtfm", true)]
    [TestCase("[Content_Types].xml", "[Content_Types].xml", true)]
    [TestCase("[ab].js", "a.js", false)]
    [TestCase("a,b", "a,b", true)]
    [TestCase("a+(b).js", "a+(b).js", true)]
    [TestCase("lib/{tfm}/a.dll", "lib/net8.0/a.dll", true)]
    [TestCase("lib/{tfm}/a.dll", "lib/debug/a.dll", false)]
    [TestCase("a.{culture}.js", "a.pt-BR.js", true)]
    [TestCase("a.{culture}.js", "a.map.js", false)]
    [TestCase("{rid}-{tfm}.zip", "win-x64-net8.0-windows10.0.19041.zip", true)]
    [TestCase("bin/{word}", "bin/my-cli_2", true)]
    [TestCase("bin/{word}", "bin/cli.js", false)]
    [TestCase("bin/{word}", "bin/.env", false)]
    [TestCase("{word}.exe", "a.exe", true)]
    [TestCase("{id}.dll", "id.dll", false)]
    [TestCase("{version}", "1.0.0", false)]
    public void Matches(string pattern, string name, bool expected) =>
        Assert.That(Glob.Parse(pattern).IsMatch(name), Is.EqualTo(expected));

    [TestCase("**", "x.zip!/a", false)]
    [TestCase("x.zip", "x.zip!/a", false)]
    [TestCase("x.zip*", "x.zip!/a", false)]
    [TestCase("x.zip/**", "x.zip!/a", false)]
    [TestCase("x.zip!/**", "x.zip!/a/b", true)]
    [TestCase("x.zip!/*", "x.zip!/a/b", false)]
    [TestCase("x.zip!/**", "x.zip", false)]
    [TestCase("**!/**", "t/x.zip!/a", true)]
    [TestCase("**!/**", "t/x.zip!/y.zip!/a", false)]
    [TestCase("**!/**!/*.txt", "t/x.zip!/d/y.zip!/a.txt", true)]
    [TestCase("t/*.zip!/d/**", "t/x.zip!/d/e", true)]
    [TestCase("t/*.zip!/d/**", "t/u/x.zip!/d/e", false)]
    public void No_wildcard_crosses_into_a_nested_archive(string pattern, string path, bool expected) =>
        Assert.That(Glob.Parse(pattern).IsMatch(PathOf(path)), Is.EqualTo(expected));

    [Test]
    public void A_folder_whose_name_ends_in_an_exclamation_mark_is_no_nested_archive()
    {
        var folder = new EntryPath("x.zip!/a");

        Assert.That(Glob.Parse("x.zip!/a").IsMatch(folder), Is.False);
        Assert.That(Glob.Parse("x.zip?/a").IsMatch(folder), Is.True);
    }

    [TestCase("", "empty pattern")]
    [TestCase("a\\b", "write '/'")]
    [TestCase("/a", "leading '/'")]
    [TestCase("a//b", "is empty")]
    [TestCase("a/", "folder/**")]
    [TestCase("../a", "'..'")]
    [TestCase("a/./b", "'.'")]
    [TestCase("a**", "stands alone")]
    [TestCase("**.js", "stands alone")]
    [TestCase("***", "stands alone")]
    [TestCase("{**,a}", "stands alone")]
    [TestCase("{foo}", "'{foo}' is no placeholder")]
    [TestCase("{TFM}", "'{TFM}' is no placeholder")]
    [TestCase("{}", "'{}' is no placeholder")]
    [TestCase("{a{b,c}", "not closed")]
    [TestCase("{a,b", "not closed")]
    [TestCase("{a/b,c}", "not closed")]
    [TestCase("a}", "closes nothing")]
    [TestCase("!/a", "'!/'")]
    [TestCase("a!/", "'!/'")]
    [TestCase("{a,{b,{c,{d,{e,f}}}}}", "deep")]
    public void Refuses_a_wrong_pattern_and_says_why(string pattern, string why)
    {
        Assert.That(Glob.TryParse(pattern, out var glob, out var error), Is.False);
        Assert.That(glob, Is.Null);
        Assert.That(error, Does.Contain(why));
        Assert.That(() => Glob.Parse(pattern), Throws.TypeOf<FormatException>().With.Message.EqualTo(error));
    }

    [Test]
    public void Refuses_a_pattern_longer_than_the_maximum()
    {
        Assert.That(Glob.TryParse(new string('a', Glob.MaximumLength), out _, out _), Is.True);
        Assert.That(Glob.TryParse(new string('a', Glob.MaximumLength + 1), out _, out _), Is.False);
    }

    // These would not end within anybody's patience if a wildcard were tried again for each place of another.
    [TestCase("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", 4_000)]
    [TestCase("{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}{a,a}*b", 4_000)]
    [TestCase("{*a,*a,{*a,*a}}{*a,*a,{*a,*a}}{*a,*a,{*a,*a}}{*a,*a,{*a,*a}}{*a,*a,{*a,*a}}b", 4_000)]
    public void Stays_linear_where_backtracking_would_explode(string pattern, int length)
    {
        var name = new string('a', length);

        Assert.That(Glob.Parse(pattern).IsMatch(name), Is.False);
        Assert.That(Glob.Parse(pattern).IsMatch(name + "b"), Is.True);
    }

    [Test]
    public void Stays_cheap_with_many_any_depth_wildcards()
    {
        var pattern = Glob.Parse(string.Join('/', Enumerable.Repeat("**/a*a*a*a", 20)) + "/b");
        var path = string.Join('/', Enumerable.Repeat("aaaaaaaa", 1000));

        Assert.That(pattern.IsMatch(path), Is.False);
        Assert.That(pattern.IsMatch(path + "/b"), Is.True);
    }

    [Test]
    public void Agrees_with_a_plain_definition_on_small_inputs()
    {
        var random = new Random(7);
        string[] parts = ["a", "b", "*", "?", "{a,b}", "{a*,b}"];
        var checkedCases = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(4) == 0 ? "**" : Segment()));
            var path = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => "ab"[random.Next(2)])])));
            if (!Glob.TryParse(pattern, out var glob, out _)) continue;
            checkedCases++;
            Assert.That(glob.IsMatch(path), Is.EqualTo(PlainPath(pattern.Split('/'), path.Split('/'))), $"{pattern} on {path}");
        }

        Assert.That(checkedCases, Is.GreaterThan(10_000));

        string Segment() => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static bool PlainPath(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty) return path.IsEmpty;
        if (pattern[0] == "**") return PlainPath(pattern[1..], path) || (!path.IsEmpty && PlainPath(pattern, path[1..]));
        return !path.IsEmpty && PlainSegment(pattern[0], path[0]) && PlainPath(pattern[1..], path[1..]);
    }

    private static bool PlainSegment(string pattern, string text)
    {
        if (pattern.Length == 0) return text.Length == 0;
        switch (pattern[0])
        {
            case '*': return PlainSegment(pattern[1..], text) || (text.Length > 0 && PlainSegment(pattern, text[1..]));
            case '?': return text.Length > 0 && PlainSegment(pattern[1..], text[1..]);
            case '{':
                var end = pattern.IndexOf('}', StringComparison.Ordinal);
                return pattern[1..end].Split(',').Any(choice => PlainSegment(choice + pattern[(end + 1)..], text));
            default: return text.Length > 0 && text[0] == pattern[0] && PlainSegment(pattern[1..], text[1..]);
        }
    }

    [TestCase("net8.0")]
    [TestCase("net10.0")]
    [TestCase("net8.0-windows")]
    [TestCase("net8.0-windows10.0.19041")]
    [TestCase("net6.0-ios17.2")]
    [TestCase("net462")]
    [TestCase("net4.6.2")]
    [TestCase("net40-client")]
    [TestCase("netstandard2.0")]
    [TestCase("netcoreapp3.1")]
    [TestCase("netcore50")]
    [TestCase("uap10.0")]
    [TestCase("uap10.0.16299")]
    [TestCase("win8")]
    [TestCase("wpa81")]
    [TestCase("sl4-wp71")]
    [TestCase("portable-net45+win8+wpa81")]
    [TestCase("portable-net45%2Bwin8")]
    [TestCase("portable40-net40+sl4+win8+wp8")]
    [TestCase("MonoAndroid10")]
    [TestCase("monoandroid9.0")]
    [TestCase("Xamarin.iOS10")]
    [TestCase("xamarinios")]
    [TestCase("tizen40")]
    [TestCase("native")]
    [TestCase("any")]
    public void Knows_framework_folders(string name) => Assert.That(FolderName.IsFramework(name), Is.True);

    [TestCase("")]
    [TestCase("debug")]
    [TestCase("network")]
    [TestCase("net8.")]
    [TestCase("net8..0")]
    [TestCase("net8.0-secret")]
    [TestCase("net8.0-windows-x64")]
    [TestCase("netstandard2.0.dll")]
    [TestCase("8.0")]
    [TestCase("portable-")]
    [TestCase("portable")]
    [TestCase("portable-net45+internal")]
    public void Takes_nothing_else_for_a_framework_folder(string name) => Assert.That(FolderName.IsFramework(name), Is.False);

    [TestCase("win-x64", true)]
    [TestCase("win", true)]
    [TestCase("win10-x64", true)]
    [TestCase("win81-x86", true)]
    [TestCase("linux-musl-arm64", true)]
    [TestCase("linux-musl", true)]
    [TestCase("osx", true)]
    [TestCase("osx.10.12-x64", true)]
    [TestCase("osx-arm64", true)]
    [TestCase("ubuntu.22.04-x64", true)]
    [TestCase("any", true)]
    [TestCase("unix", true)]
    [TestCase("browser-wasm", true)]
    [TestCase("maccatalyst-arm64", true)]
    [TestCase("win-x64-aot", true)]
    [TestCase("aot", true)]
    [TestCase("x64", false)]
    [TestCase("win-x64-debug", false)]
    [TestCase("windows-x64", false)]
    [TestCase("linux.", false)]
    [TestCase("native", false)]
    [TestCase("", false)]
    public void Knows_runtime_folders(string name, bool expected) => Assert.That(FolderName.IsRuntime(name), Is.EqualTo(expected));

    [TestCase("de", true)]
    [TestCase("pt-BR", true)]
    [TestCase("pt-br", true)]
    [TestCase("zh-Hans", true)]
    [TestCase("zh-Hant-TW", true)]
    [TestCase("zh-CHS", true)]
    [TestCase("es-419", true)]
    [TestCase("ca-ES-valencia", true)]
    [TestCase("fil", true)]
    [TestCase("sr-Latn-RS", true)]
    [TestCase("src", false)]
    [TestCase("lib", false)]
    [TestCase("bin", false)]
    [TestCase("DE", false)]
    [TestCase("de_DE", false)]
    [TestCase("de-", false)]
    [TestCase("de-DE-x", false)]
    [TestCase("xx", false)]
    [TestCase("", false)]
    public void Knows_culture_folders(string name, bool expected) => Assert.That(FolderName.IsCulture(name), Is.EqualTo(expected));

    [TestCase("1.0", "1.0.0")]
    [TestCase("01.2.3.0", "1.2.3")]
    [TestCase("1.2.3.4", "1.2.3.4")]
    [TestCase("1.2.3-beta.1+sha.5", "1.2.3-beta.1")]
    [TestCase("1.2.x", "1.2.x")]
    public void Normalises_a_version_as_NuGet_does(string version, string expected) => Assert.That(PackageNames.Normalise(version), Is.EqualTo(expected));

    private static EntryPath PathOf(string text) => text.Split("!/").Aggregate((EntryPath?)null, (container, inner) => new EntryPath(inner, container))!;
}
