using System.Diagnostics;
using System.Globalization;
using ReleaseGate.Cli;

namespace ReleaseGate.Tests.Cli;

/// <summary>Other programs, run for real. The shell is what the tests start; the product starts none.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Platform(Exclude = "Win", Reason = "The programs of these tests are those of Unix.")]
public sealed class ChildProcessTests
{
    private readonly List<string> _said = [];

    [Test]
    public void Lines_code_folder_and_variables()
    {
        var code = ChildProcess.Run(Shell("pwd; echo $GIVEN-$HOME-$PATH; echo wrong >&2; read line || echo nobody; exit 3") with
        {
            Variables = new Dictionary<string, string> { ["GIVEN"] = "a b" },
            Withholds = name => name == "HOME",
        }, CancellationToken.None);

        Assert.That(code, Is.EqualTo(3));
        Assert.That(_said, Is.EquivalentTo(new[] { Path.GetTempPath().TrimEnd('/'), $"a b--{Environment.GetEnvironmentVariable("PATH")}", "wrong", "nobody" }));
    }

    [Test]
    public void What_a_child_of_it_holds_open_does_not_hold_it()
    {
        Assert.That(ChildProcess.Run(Shell("sleep 1000 & echo $!"), CancellationToken.None), Is.Zero);
        using var daemon = Process.GetProcessById(int.Parse(_said.Single(), CultureInfo.InvariantCulture));
        Assert.That(daemon.HasExited, Is.False, "it ended by itself, so nothing was shown");
        daemon.Kill();
    }

    [Test]
    public void Stopped_it_ends_with_all_it_started()
    {
        using var cancel = new CancellationTokenSource();
        var start = Shell("sleep 1000 & echo $!; wait") with
        {
            Said = line =>
            {
                _said.Add(line);
                cancel.Cancel();
            },
        };

        Assert.That(() => ChildProcess.Run(start, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        try
        {
            using var child = Process.GetProcessById(int.Parse(_said.Single(), CultureInfo.InvariantCulture));
            // Whoever inherits it may take a moment to let go of it.
            child.WaitForExit();
        }
        catch (ArgumentException)
        {
            // There is no process of that number any more.
        }
    }

    // A line that comes late is read by a thread of its own, and what that throws ends the whole process.
    [Test]
    public void Last_words_of_what_was_stopped_find_nobody()
    {
        // Where nobody reads any more, because the tests themselves were killed, writing fails and the loop ends: .NET's children ignore SIGPIPE.
        for (var i = 0; i < 50; i++)
        {
            using var cancel = new CancellationTokenSource();
            var start = Shell("trap 'echo last words; exit 1' TERM; echo ready; while echo more; do :; done") with { Said = _ => cancel.Cancel() };
            Assert.That(() => ChildProcess.Run(start, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        }
    }

    [Test]
    public void What_cannot_be_started_is_told()
    {
        Assert.That(() => ChildProcess.Run(Shell("") with { Program = "/nowhere/npm" }, CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("'/nowhere/npm' could not be started"));
    }

    private ProgramStart Shell(string script) => new() { Program = "/bin/sh", Arguments = ["-c", script], Folder = Path.GetTempPath(), Said = _said.Add };
}
