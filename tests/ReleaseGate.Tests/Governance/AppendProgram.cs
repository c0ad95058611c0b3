using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json.Nodes;
using ReleaseGate.Governance;

namespace ReleaseGate.Tests.Governance;

/// <summary>What this assembly is as a program: appends lines to an audit log and says of each that it is there.</summary>
internal static class AppendProgram
{
    private static int Main(string[] args)
    {
        if (args is not [var path, var writer, var from, var to]) return 2;
        try
        {
            for (var i = int.Parse(from, CultureInfo.InvariantCulture); i < int.Parse(to, CultureInfo.InvariantCulture); i++)
            {
                new AuditLog(new FileSystem(), path).Append(new AuditEvent("spend", new JsonObject { ["writer"] = writer, ["n"] = i }), DateTime.UtcNow);
                Console.Out.WriteLine(i);
            }

            return 0;
        }
        catch (GateException refused)
        {
            Console.Out.WriteLine($"refused: {refused.Message}");
            return 1;
        }
    }

    /// <summary>How to run it.</summary>
    public static ProcessStartInfo Start(string path, string writer, int from, int to) =>
        new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            ["exec", typeof(AppendProgram).Assembly.Location, path, writer, from.ToString(CultureInfo.InvariantCulture), to.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
}
