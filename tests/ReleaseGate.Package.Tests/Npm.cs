using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ReleaseGate.Package.Tests;

/// <summary>The real npm, and packages for it.</summary>
internal static class Npm
{
    /// <summary>Writes an npm package that is clean.</summary>
    /// <param name="sandbox">Where.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="name">Its name.</param>
    /// <param name="more">More of package.json, beginning with a comma.</param>
    public static void NpmPackage(this Sandbox sandbox, string folder, string name, string more = "")
    {
        sandbox.Write($"{folder}/package.json", $$"""{ "name": "{{name}}", "version": "1.0.0", "description": "A package.", "license": "MIT", "main": "dist/index.js", "files": ["dist"]{{more}} }""");
        sandbox.Write($"{folder}/README.md", $"# {name}\n");
        sandbox.Write($"{folder}/dist/index.js", "module.exports = 1;\n");
        sandbox.Write($"{folder}/src/index.ts", "export default 1;\n");
    }

    /// <summary>Writes a project that builds nothing itself, e.g. one for a folder of scripts.</summary>
    public static void NoTargets(this Sandbox sandbox, string name, string items, string properties = "") => sandbox.Write($"{name}/{name}.csproj", $"""
        <Project Sdk="{Feed.NoTargets}">
          <PropertyGroup>
            <TargetFramework>{Sandbox.Framework}</TargetFramework>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="ReleaseGate" Version="{Feed.Version}" PrivateAssets="all" />
            {items}
          </ItemGroup>
        </Project>
        """);

    /// <summary>The command line of the tool package.</summary>
    public static Run ReleaseGate(this Sandbox sandbox, params string[] arguments) => sandbox.Dotnet([Path.Combine(Feed.Tool, "releasegate.dll"), .. arguments]);

    /// <summary>The names of all tarballs where somebody could publish them: everywhere but in node_modules.</summary>
    public static string[] Tarballs(this Sandbox sandbox) =>
        Directory.GetFiles(sandbox.Folder, "*.tgz", SearchOption.AllDirectories)
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Contains("node_modules"))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToArray();

    /// <summary>The paths of the files in a tarball, without "package/", sorted.</summary>
    public static string[] Entries(string tarball)
    {
        var paths = new List<string>();
        using var tar = new TarReader(new GZipStream(File.OpenRead(tarball), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry) paths.Add(entry.Name["package/".Length..]);
        return [.. paths.Order(StringComparer.Ordinal)];
    }

    /// <summary>Runs npm in a folder of the sandbox.</summary>
    public static Run Run(Sandbox sandbox, string folder, params string[] arguments)
    {
        var windows = OperatingSystem.IsWindows();
        var npm = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(p => Path.Combine(p, windows ? "npm.cmd" : "npm")).First(File.Exists);
        var start = new ProcessStartInfo(npm, arguments)
        {
            WorkingDirectory = sandbox.In(folder.Split('/')),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Run(process.ExitCode, output + error.Result);
    }
}

/// <summary>A registry on this machine that knows no package and keeps whatever it is sent.</summary>
internal static class Registry
{
    /// <summary><c>npm publish</c> to it. What arrives lies in the folder "registry" of the sandbox.</summary>
    public static Run Publish(Sandbox sandbox, string folder, params string[] arguments)
    {
        using var listener = Listen(out var address);
        var served = Task.Run(() => Serve(listener, sandbox));
        sandbox.Write(folder + "/.npmrc", $"registry={address}\n{address[5..]}:_authToken=none\n");
        var run = Npm.Run(sandbox, folder, ["publish", "--access=public", .. arguments]);
        listener.Stop();
        served.Wait();
        return run;
    }

    private static HttpListener Listen(out string address)
    {
        while (true)
        {
            int port;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            address = $"http://127.0.0.1:{port}/";
            var listener = new HttpListener { Prefixes = { address } };
            try
            {
                listener.Start();
                return listener;
            }
            // Somebody was faster.
            catch (HttpListenerException)
            {
                listener.Close();
            }
        }
    }

    private static void Serve(HttpListener listener, Sandbox sandbox)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = listener.GetContext();
            }
            // How it says that it was stopped.
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            var (status, answer) = (404, "{}");
            if (context.Request.HttpMethod == "PUT")
            {
                using var json = JsonDocument.Parse(context.Request.InputStream);
                Directory.CreateDirectory(sandbox.In("registry"));
                foreach (var attachment in json.RootElement.GetProperty("_attachments").EnumerateObject())
                    File.WriteAllBytes(sandbox.In("registry", attachment.Name.Replace('/', '-')), attachment.Value.GetProperty("data").GetBytesFromBase64());
                (status, answer) = (201, "{ \"ok\": true }");
            }

            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Close(Encoding.UTF8.GetBytes(answer), willBlock: false);
        }
    }
}
