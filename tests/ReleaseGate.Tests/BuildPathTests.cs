using ReleaseGate.Rules.BuiltIn;
using ReleaseGate.Tests.Policy;

namespace ReleaseGate.Tests;

public sealed class BuildPathTests
{
    [TestCase("/home/jane/src/Acme/obj/Acme.pdb", true)]
    [TestCase("/Users/jane/acme/a.ts", true)]
    [TestCase(@"C:\Users\jane\source\Acme.pdb", true)]
    [TestCase("C:/Users/jane/a.ts", true)]
    [TestCase("file:///home/jane/a.ts", true)]
    [TestCase("file:///C:/Users/jane/a.ts", true)]
    [TestCase(@"\\nas\builds\a.cs", true)]
    [TestCase("/secret-build/x.cs", true)]
    [TestCase("/_/src/a.cs", false)]
    [TestCase("/home/runner/_work/acme/a.cs", false)]
    [TestCase(@"D:\a\1\s\a.cs", false)]
    [TestCase("d:/a/_work/1/s/a.cs", false)]
    [TestCase("/__w/1/s/a.cs", false)]
    [TestCase("/rustc/abc/library/core.rs", false)]
    [TestCase("Acme.pdb", false)]
    [TestCase("../src/a.ts", false)]
    [TestCase("webpack://acme/./src/a.ts", false)]
    [TestCase("https://acme.com/a.ts", false)]
    [TestCase("//cdn.acme.com/a.ts", false)]
    [TestCase("/", false)]
    [TestCase("", false)]
    [TestCase("/nightly/acme/a.cs", false, "\"/nightly\"")]
    [TestCase("/nightly2/acme/a.cs", true, "\"/nightly\"")]
    [TestCase(@"e:\Agent\a.cs", false, "\"E:/agent/\"")]
    public void Tells_of_a_machine_or_a_person(string path, bool telling, string roots = "")
    {
        var inventory = Inventories.NuGet();
        var policy = Inventories.Manifest($$"""{ "debug": { "roots": [{{roots}}] } }""").PolicyFor(inventory);
        Assert.That(BuildPath.IsTelling(path, policy), Is.EqualTo(telling));
    }
}
