using System.Formats.Tar;
using System.IO.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace ReleaseGate.Artifacts;

/// <summary>Opens files for reading, nothing else. What the system refuses becomes <see cref="UnreadableException"/>.</summary>
internal static class DiskFile
{
    /// <summary>Opens a file for reading from the beginning to the end.</summary>
    public static Stream OpenSequential(IFileSystem files, string path) => Guard(() =>
        files is FileSystem
            ? (Stream)new HandleStream(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan))
            : new GuardedStream(files.File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read)));

    /// <summary>Opens a file for reading anywhere; null for a file system that has only streams. To be disposed.</summary>
    /// <exception cref="UnreadableException">The system refuses, or the file has another length by now.</exception>
    public static ByteSource? OpenRandom(IFileSystem files, string path, long length)
    {
        if (files is not FileSystem) return null;
        return Guard(() =>
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (RandomAccess.GetLength(handle) is var now && now == length) return new RandomFile(handle, length);
            handle.Dispose();
            throw new UnreadableException($"it changed while it was read: {now} bytes instead of {length}");
        });
    }

    /// <summary>Runs something that touches the disk.</summary>
    public static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            throw Unreadable(e);
        }
    }

    /// <summary>
    /// Whether a file without length is a pipe, a socket or a device. Asked before opening, since opening a pipe waits for a writer.
    /// The framework's only public look at the type of a file is that of its tar writer.
    /// </summary>
    public static bool IsSpecial(IFileSystem files, string path, long length)
    {
        if (length != 0 || OperatingSystem.IsWindows() || files is not FileSystem) return false;
        using var block = new MemoryStream();
        try
        {
            using var writer = new TarWriter(block, TarEntryFormat.Ustar, leaveOpen: true);
            writer.WriteEntry(path, "x");
        }
        catch (IOException)
        {
            // Sockets have no place in a tar; a plain file that cannot be opened is found out by whoever opens it.
            return !CanOpen(path);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }

        return block.GetBuffer()[156] is not ((byte)'0' or 0);
    }

    /// <summary>A full path without links: wherever two names lead to one file, this is the same.</summary>
    /// <exception cref="IOException">Links lead to each other.</exception>
    public static string Resolve(IFileSystem files, string path) => files is FileSystem ? Resolve(path, 0) : path;

    private static string Resolve(string path, int depth)
    {
        if (depth > 40) throw new IOException($"'{EntryPath.Printable(path)}' is a link that leads to itself");
        path = Path.TrimEndingDirectorySeparator(path);
        if (Path.GetDirectoryName(path) is not { } parent) return path;
        var resolved = Path.Combine(Resolve(parent, depth), Path.GetFileName(path));
        return new FileInfo(resolved).LinkTarget is { } target ? Resolve(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), depth + 1) : resolved;
    }

    /// <summary>Whether a path lies in a folder, or is the folder, under whatever names. Neither has to be there.</summary>
    /// <exception cref="IOException">Links lead to each other.</exception>
    public static bool IsWithin(IFileSystem files, string path, string folder)
    {
        var relative = files.Path.GetRelativePath(Resolve(files, folder), Resolve(files, path));
        return relative != ".." && !relative.StartsWith(".." + files.Path.DirectorySeparatorChar, StringComparison.Ordinal) && !files.Path.IsPathRooted(relative);
    }

    /// <summary>Creates a folder for results, and those above it.</summary>
    /// <exception cref="IOException">It can't be created; where a file is in the way, the message says which.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be created.</exception>
    public static void CreateFolder(IFileSystem files, string folder)
    {
        try
        {
            files.Directory.CreateDirectory(folder);
        }
        catch (IOException e)
        {
            for (var at = folder; at is { Length: > 0 }; at = files.Path.GetDirectoryName(at))
                if (files.File.Exists(at)) throw new IOException($"'{EntryPath.Printable(at)}' is a file, and a folder is wanted there; name another", e);
            throw;
        }
    }

    /// <summary>Refuses what would be waited for for ever or never ends: a pipe, a socket, a device, under whatever name. Asked before opening.</summary>
    /// <exception cref="IOException">It is there and is no file.</exception>
    public static void RequireFile(IFileSystem files, string path)
    {
        if (files is not FileSystem) return;
        if (!File.Exists(path))
        {
            // Whoever opens it is told that access is denied, which sounds like another mistake.
            if (Directory.Exists(path)) throw new IOException("it is a folder, and a file is expected here");
            return;
        }

        var info = new FileInfo(path);
        if (info.LinkTarget is null && info.Length > 0) return;
        var resolved = Resolve(files, path);
        // Links of the kernel, such as those to open pipes, lead to no path.
        if (!File.Exists(resolved) || IsSpecial(files, resolved, new FileInfo(resolved).Length)) throw new IOException("it is a pipe, a device or a link to nowhere, and a file is expected here");
    }

    /// <summary>Whether a file can't be opened because somebody else has it open: ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows, EWOULDBLOCK of Linux and of macOS.</summary>
    public static bool IsHeld(IOException e) => OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult == (OperatingSystem.IsLinux() ? 11 : 35);

    private static bool CanOpen(string path)
    {
        // Only reached for what the tar writer refused: sockets, which refuse to be opened as well and never wait.
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only files are locked.
            return e is IOException io && IsHeld(io);
        }
    }

    private static UnreadableException Unreadable(Exception e) => new($"the system refuses to read it: {EntryPath.Printable(e.GetType().Name)}", inner: e);

    private sealed class RandomFile(SafeFileHandle handle, long length) : ByteSource, IDisposable
    {
        public override long Length => length;

        public override int Read(long offset, Span<byte> buffer)
        {
            try
            {
                return RandomAccess.Read(handle, buffer, offset);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(e);
            }
        }

        public void Dispose() => handle.Dispose();
    }

    private sealed class HandleStream(SafeFileHandle handle) : ForwardStream
    {
        private long _position;

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var read = RandomAccess.Read(handle, buffer, _position);
                _position += read;
                return read;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(e);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) handle.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class GuardedStream(Stream inner) : ForwardStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(e);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
