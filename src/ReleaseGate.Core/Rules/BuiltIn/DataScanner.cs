using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn;

/// <summary>Looks in text for what tools write that save a database or the state of an infrastructure, and counts the rows that SQL brings along.</summary>
internal sealed class DataScanner : EntryScanner
{
    /// <summary>Tools name themselves in the first lines.</summary>
    private const int HeadLength = 4096;

    private readonly EntryKind _kind;
    private bool _isSql;

    private DataScanner(Entry entry)
    {
        _kind = entry.Kind;
        _isSql = entry.Path.NameEndsWith(".sql");
        Done = !PackageLayout.IsText(_kind);
    }

    public static ScannerFactory<DataScanner> Factory { get; } = new(static entry => new DataScanner(entry));

    /// <summary>The tool that wrote a dump, or null.</summary>
    public string? Tool { get; private set; }

    /// <summary>Whether it is the state of Terraform or OpenTofu.</summary>
    public bool IsState { get; private set; }

    /// <summary>INSERT statements, and COPY statements with rows behind them.</summary>
    public int Statements { get; private set; }

    public override void Scan(in Chunk chunk)
    {
        if (chunk.Position == 0)
        {
            var head = chunk.Fresh[..Math.Min(HeadLength, chunk.Fresh.Length)];
            IsState = _kind == EntryKind.Json && head.IndexOf("\"terraform_version\""u8) > 0 && head.IndexOf("\"lineage\""u8) > 0 && head.IndexOf("\"serial\""u8) > 0;
            if (_kind == EntryKind.Text) Tool = ToolOf(head);
            _isSql |= Tool is not null;
        }

        Done = !_isSql || _kind != EntryKind.Text;
        if (Done) return;
        Statements += Count(in chunk, "INSERT INTO "u8) + Count(in chunk, "insert into "u8) + Count(in chunk, " FROM stdin;"u8);
    }

    private static string? ToolOf(ReadOnlySpan<byte> head)
    {
        if (HasLine(head, "-- MySQL dump "u8) || HasLine(head, "-- MariaDB dump "u8)) return "mysqldump";
        if (HasLine(head, "-- PostgreSQL database dump"u8) || HasLine(head, "-- PostgreSQL database cluster dump"u8)) return "pg_dump";
        if (HasLine(head, "-- phpMyAdmin SQL Dump"u8)) return "phpMyAdmin";
        return head.StartsWith("PRAGMA foreign_keys=OFF;"u8) ? "sqlite3" : null;
    }

    private static bool HasLine(ReadOnlySpan<byte> head, ReadOnlySpan<byte> line)
    {
        var at = head.IndexOf(line);
        return at == 0 || (at > 0 && head[at - 1] == '\n') || (at == 3 && head.StartsWith("\uFEFF"u8));
    }

    private static int Count(in Chunk chunk, ReadOnlySpan<byte> words)
    {
        var text = chunk.Buffer[Math.Max(0, chunk.FreshStart - words.Length + 1)..];
        var count = 0;
        for (int at; (at = text.IndexOf(words)) >= 0; text = text[(at + words.Length)..]) count++;
        return count;
    }
}
