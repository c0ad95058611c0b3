using ReleaseGate.Policy;

namespace ReleaseGate.Tests.Policy;

public sealed class HostListTests
{
    [TestCase("github.com", true)]
    [TestCase("acme.com.", true)]
    [TestCase("8.8.8.8", true)]
    [TestCase("172.32.0.1", true)]
    [TestCase("100.128.0.1", true)]
    [TestCase("[2606:4700::1111]", true)]
    [TestCase("internal.acme.com", true)]
    [TestCase("build01", false)]
    [TestCase("localhost", false)]
    [TestCase("git.corp", false)]
    [TestCase("GIT.ACME.INTERNAL", false)]
    [TestCase("nas.local.", false)]
    [TestCase("router.home.arpa", false)]
    [TestCase("10.1.2.3", false)]
    [TestCase("172.16.0.1", false)]
    [TestCase("192.168.0.1", false)]
    [TestCase("169.254.1.1", false)]
    [TestCase("100.64.0.1", false)]
    [TestCase("127.0.0.1", false)]
    [TestCase("[::1]", false)]
    [TestCase("fd00::1", false)]
    [TestCase("fe80::1", false)]
    [TestCase("::ffff:10.0.0.1", false)]
    public void Without_a_list_every_host_but_inner_ones(string host, bool allowed) =>
        Assert.That(Inventories.Manifest("{}").Hosts.Allows(host), Is.EqualTo(allowed));

    [TestCase("github.com", true)]
    [TestCase("GitHub.com", true)]
    [TestCase("api.github.com", false)]
    [TestCase("evilgithub.com", false)]
    [TestCase("cdn.acme.com", true)]
    [TestCase("a.b.acme.com", true)]
    [TestCase("acme.com", false)]
    [TestCase(".acme.com", false)]
    [TestCase("notacme.com", false)]
    [TestCase("git.corp", true)]
    [TestCase("10.1.2.3", false)]
    [TestCase("example.org", false)]
    public void With_a_list_only_what_it_names(string host, bool allowed) =>
        Assert.That(Inventories.Manifest("""{ "hosts": ["github.com", "*.acme.com", "git.corp"] }""").Hosts.Allows(host), Is.EqualTo(allowed));
}
