using System.Collections.Immutable;
using System.Text;
using ReleaseGate.Artifacts;
using ReleaseGate.Rules.BuiltIn.Tokens;

namespace ReleaseGate.Rules.BuiltIn;

internal sealed class ConnectionString() : ContentRule(new Descriptor("RG4005", nameof(ConnectionString),
    "A connection string or an address in an entry carries a password or an access key.",
    "Change the password, since it was in a build; then keep the connection string out of the package and take it from the environment or a secret store at run time."))
{
    private const int Reach = 400;
    private const int LongestPassword = 256;

    // Keys of connection strings that hold a secret. ADO.NET ignores their case; people write them in three ways.
    private static readonly string[] SecretKeys = ["Password=", "password=", "PASSWORD=", "Pwd=", "pwd=", "PWD=", "Password =", "password =", "Pwd =", "AccountKey=", "SharedAccessKey="];

    private const int FirstSpacedKey = 6;
    private const int FirstAzureKey = 9;

    // A scheme that ends with one of these is found by it: sftp://, mysql://, mongodb+srv://.
    private static readonly string[] Schemes =
    [
        "http://", "https://", "ftp://", "sql://", "postgres://", "mongodb://", "+srv://", "redis://", "rediss://", "amqp://", "amqps://", "smtp://", "smtps://", "sqlserver://", "mariadb://",
        "cloudinary://", "nats://", "ldap://", "ldaps://", "clickhouse://", "neo4j://", "bolt://", "couchdb://", "mqtt://", "mqtts://", "imap://", "imaps://",
        "wss://", "socks5://", "kafka://", "stomp://", "snowflake://", "redshift://", "cockroachdb://", "couchbase://", "couchbases://", "oracle://", "+s://", "+ssc://", "+ssh://",
        "psycopg://", "psycopg2://", "asyncpg://", "pymysql://", "mysqldb://", "aiomysql://", "pyodbc://", "pymssql://", "oracledb://",
    ];

    private static readonly string[] HostKeys = ["server=", "data source=", "datasource=", "host=", "addr=", "address=", "network address=", "endpoint="];

    private static readonly string[] OtherKeys = ["user id=", "uid=", "userid=", "username=", "user=", "initial catalog=", "database=", "accountname=", "port=", "sharedaccesskeyname="];

    private ContentRequest? _request;

    public override ContentRequest Request => _request ??= ContentRequest.AnchorsAlsoEscaped([.. SecretKeys.Concat(Schemes).Select(a => new AnchorLiteral(a))], Judge);

    // What stands in it is RG4004's.
    public override bool Wants(Entry entry) => !entry.Path.NameIs(".git-credentials");

    private static void Judge(in AnchorMatch match, Entry entry, RuleContext context)
    {
        if (match.Literal < SecretKeys.Length) JudgeSetting(match, entry, context);
        else JudgeAddress(match, entry, context);
    }

    private static void JudgeAddress(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var window = TokenWindow.Of(match, out var anchor);
        var from = anchor + match.Length;
        // The authority: up to the first character that cannot stand in it; its last '@' ends the credentials.
        var end = from;
        var at = -1;
        var colon = -1;
        for (; end < window.Length && end - from < LongestPassword; end++)
        {
            var c = window[end];
            if (c is <= 0x20 or >= 0x7F or (byte)'/' or (byte)'?' or (byte)'#' or (byte)'"' or (byte)'\'' or (byte)'<' or (byte)'>' or (byte)'`' or (byte)'\\' or (byte)'(' or (byte)')' or (byte)'|' or (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)'^' or (byte)',') break;
            if (c == '@') at = end;
            else if (c == ':' && colon < 0 && at < 0) colon = end;
        }

        if (at < 0 || colon < 0 || colon > at) return;
        var user = window[from..colon];
        var password = window[(colon + 1)..at];
        var host = window[(at + 1)..end];
        if (host.IndexOf((byte)':') is >= 0 and var port) host = host[..port];
        var worth = SettingValue.Of(password, user);
        if (host.IsEmpty || worth == SettingWorth.Placeholder || IsExample(host) || IsExample(user) && !IsEscaped(user) || PublishedExample.Is(password)) return;
        var scheme = anchor - TokenText.RunBefore(window, anchor, Charset.LowerAlphanumeric | Charset.Of('+'), 16);
        var name = Encoding.ASCII.GetString(window[scheme..(from - 3)]);
        // A web address with credentials is mostly one that explains them; a password that is a short word does not count as one there.
        var isWeb = name is "http" or "https";
        if (isWeb && password.Length < 8 && !SettingValue.LooksSecret(password)) return;
        Report(match, anchor, entry, context, $"an address with the password of '{Shown(user)}' at {Shown(host)} ({name}://)", "address", password, colon + 1, worth, IsLocal(host), isSure: password.Length >= 6);
    }

    private static void JudgeSetting(in AnchorMatch match, Entry entry, RuleContext context)
    {
        var window = TokenWindow.Of(match, out var anchor);
        var from = anchor + match.Length;
        var isAzure = match.Literal >= FirstAzureKey;
        // The key must be one of its own: not "confirmPassword=", nor "dbpassword=" in a query.
        if (anchor > 0 && Charset.Word.Contains(window[anchor - 1])) return;
        var isSpaced = match.Literal is >= FirstSpacedKey and < FirstAzureKey;
        if (isSpaced) from += TokenText.Run(window, from, Charset.Of(' '), 4);
        var end = ValueEnd(window, from, out var value);
        if (isSpaced) value = value.TrimEnd((byte)' ');
        if (value.Length is 0 or > LongestPassword) return;

        var start = anchor;
        while (start > 0 && anchor - start < Reach && !IsEdge(window[start - 1])) start--;
        var stop = end;
        while (stop < window.Length && stop - end < Reach && !IsEdge(window[stop])) stop++;
        var before = window[start..anchor];
        var behind = window[end..stop];
        if (!isAzure && !isSpaced && (JudgeQuery(match, anchor, before, value, from, entry, context) || JudgeRedis(match, anchor, before, value, from, entry, context))) return;
        if (before.IndexOf((byte)';') < 0 && behind.IndexOf((byte)';') < 0) return;
        // Braces of ODBC, which look like those of a reference.
        if (value is [(byte)'{', .., (byte)'}'] && SettingValue.LooksSecret(value[1..^1]) && !Find(["driver="], before, behind).IsEmpty) value = value[1..^1];
        // With blanks it may be code: "host = options.host; password = options.password".
        if (isSpaced && !SettingValue.LooksSecret(value)) return;
        var host = Find(HostKeys, before, behind);
        if (host.IsEmpty && Find(OtherKeys, before, behind).IsEmpty) return;

        if (isAzure)
        {
            if (value.Length < 40 || TokenText.Run(value, 0, Charset.Base64 | Charset.Of('=')) != value.Length || !Randomness.IsLikely(value) || PublishedExample.Is(value)) return;
            Report(match, anchor, entry, context, $"a connection string with an access key ({SecretKeys[match.Literal].TrimEnd('=')})", "access key", value, from, SettingWorth.Real, isLocal: false, isSure: true);
            return;
        }

        var user = Find(["user id=", "uid=", "userid=", "username=", "user="], before, behind);
        var worth = SettingValue.Of(value, user);
        if (worth == SettingWorth.Placeholder || !host.IsEmpty && IsExample(host)) return;
        var where = host.IsEmpty ? "" : $" at {Shown(host)}";
        Report(match, anchor, entry, context, $"a connection string with a password{(user.IsEmpty ? "" : $" of '{Shown(user)}'")}{where}", "connection string", value, from, worth, !host.IsEmpty && IsLocal(host), isSure: value.Length >= 6);
    }

    // "jdbc:postgresql://host/db?user=app&password=…": told apart from addresses of the web, where it is a form's field, by its scheme.
    private static bool JudgeQuery(in AnchorMatch match, int anchor, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, int at, Entry entry, RuleContext context)
    {
        if (!before.EndsWith("?"u8) && !before.EndsWith("&"u8) && !before.EndsWith("&amp;"u8)) return false;
        var scheme = before.LastIndexOf("://"u8);
        if (scheme < 0) return false;
        var length = TokenText.RunBefore(before, scheme, Charset.LowerAlphanumeric | Charset.Of('+') | Charset.Of(':'), 32);
        var name = before.Slice(scheme - length, length);
        if (!name.StartsWith("jdbc:"u8) && name.IndexOf("sql"u8) < 0 && name.IndexOf("postgres"u8) < 0 && !name.StartsWith("mongodb"u8) && !name.StartsWith("redis"u8)) return false;
        var address = before[(scheme + 3)..];
        if (address.IndexOfAny((byte)' ', (byte)'\'') >= 0) return false;
        var host = address[..Math.Max(0, address.IndexOfAny((byte)'/', (byte)':', (byte)'?'))];
        var password = value[..(value.IndexOfAny((byte)'&', (byte)' ', (byte)'\'') is >= 0 and var stop ? stop : value.Length)];
        var worth = SettingValue.Of(password);
        if (host.IsEmpty || worth == SettingWorth.Placeholder || IsExample(host)) return true;
        Report(match, anchor, entry, context, $"an address with a password at {Shown(host)} ({Shown(name)}://)", "address", password, at, worth, IsLocal(host), isSure: password.Length >= 6);
        return true;
    }

    // What StackExchange.Redis reads: "host:6380,password=…,ssl=True,abortConnect=False".
    private static bool JudgeRedis(in AnchorMatch match, int anchor, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, int at, Entry entry, RuleContext context)
    {
        if (!before.EndsWith(","u8)) return false;
        var comma = value.IndexOf((byte)',');
        if (!HasRedisOption(before) && (comma < 0 || !HasRedisOption(value[comma..]))) return false;
        var password = comma < 0 ? value : value[..comma];
        var host = before[..before.IndexOf((byte)',')];
        host = host[(host.LastIndexOfAny((byte)'=', (byte)' ', (byte)'\'') + 1)..];
        var port = host.LastIndexOf((byte)':');
        if (port < 0 || TokenText.Run(host, port + 1, Charset.Digits, 6) != host.Length - port - 1) return false;
        host = host[..port];
        var worth = SettingValue.Of(password);
        if (worth == SettingWorth.Placeholder || host.IsEmpty || IsExample(host)) return true;
        Report(match, anchor, entry, context, $"a connection string with a password at {Shown(host)}", "connection string", password, at, worth, IsLocal(host), isSure: password.Length >= 6);
        return true;
    }

    private static bool HasRedisOption(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)',') is >= 0 and var comma)
        {
            text = text[(comma + 1)..];
            if (!ValueOf(["ssl=", "abortconnect=", "allowadmin=", "connecttimeout=", "synctimeout=", "defaultdatabase=", "connectretry=", "user="], text).IsEmpty) return true;
        }

        return false;
    }

    private static void Report(in AnchorMatch match, int anchor, Entry entry, RuleContext context, string what, string kind, ReadOnlySpan<byte> secret, int at, SettingWorth worth, bool isLocal, bool isSure)
    {
        Severity? severity = worth == SettingWorth.Weak ? isLocal ? Severity.Note : Severity.Warning : isLocal || !isSure ? Severity.Warning : null;
        var fingerprint = Secret.Fingerprint(secret);
        if (!context.IsFirst(entry, fingerprint)) return;
        context.Report(entry, $"holds {what}: {Secret.Show(secret)}", offset: match.Position + (at - anchor) * (match.IsWide ? 2 : 1), severity: severity,
            facts: ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
                [KeyValuePair.Create("fingerprint", fingerprint), KeyValuePair.Create("kind", kind)]));
    }

    private static int ValueEnd(ReadOnlySpan<byte> window, int from, out ReadOnlySpan<byte> value)
    {
        var end = from;
        if (end < window.Length && window[end] is (byte)'\'' or (byte)'"')
        {
            var close = window[(end + 1)..].IndexOf(window[end]);
            if (close > 0 && close <= LongestPassword)
            {
                value = window.Slice(end + 1, close);
                return end + close + 2;
            }
        }

        // The same in JSON and code, with escaped quotes.
        if (TokenText.Has(window, end, "\\\""u8) && window[(end + 2)..].IndexOf("\\\""u8) is > 0 and <= LongestPassword and var escaped)
        {
            value = window.Slice(end + 2, escaped);
            return end + escaped + 4;
        }

        while (end < window.Length && end - from <= LongestPassword && window[end] != ';' && !IsEdge(window[end])) end++;
        value = window[from..end];
        return end;
    }

    // Where a string ends in code, JSON, XML and text. A backslash begins an escaped quote.
    private static bool IsEdge(byte c) => c is (byte)'"' or (byte)'\n' or (byte)'\r' or (byte)'<' or (byte)'>' or (byte)'`' or (byte)'\\' or 0;

    private static ReadOnlySpan<byte> Find(string[] keys, ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind)
    {
        var found = FindIn(keys, before);
        return found.IsEmpty ? FindIn(keys, behind) : found;
    }

    private static ReadOnlySpan<byte> FindIn(string[] keys, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)';');
            var field = (end < 0 ? text : text[..end]).Trim(" '\t"u8);
            var value = ValueOf(keys, field);
            // The name of the setting may stand before the first field: "Main: Server=…", "MAIN=Server=…".
            if (value.IsEmpty && field.IndexOf((byte)'=') is > 0 and var equals && field[..equals].LastIndexOf((byte)' ') is >= 0 and var blank) value = ValueOf(keys, field[(blank + 1)..]);
            if (value.IsEmpty && field.IndexOf((byte)'=') is > 0 and var first) value = ValueOf(keys, field[(first + 1)..]);
            if (!value.IsEmpty) return value;
            if (end < 0) break;
            text = text[(end + 1)..];
        }

        return default;
    }

    private static ReadOnlySpan<byte> ValueOf(string[] keys, ReadOnlySpan<byte> field)
    {
        foreach (var key in keys)
        {
            if (field.Length > key.Length && Ascii.EqualsIgnoreCase(field[..key.Length], key)) return field[key.Length..];
            // "Server = db"
            if (field.Length > key.Length + 2 && field[key.Length - 1] == ' ' && field[key.Length] == '=' && Ascii.EqualsIgnoreCase(field[..(key.Length - 1)], key.AsSpan(0, key.Length - 1))) return field[(key.Length + 1)..].TrimStart((byte)' ');
        }

        return default;
    }

    private static string Shown(ReadOnlySpan<byte> text) => EntryPath.Printable(Encoding.Latin1.GetString(text[..Math.Min(text.Length, 60)]));

    // "jane%40acme.io", where "%USER%" is a reference.
    private static bool IsEscaped(ReadOnlySpan<byte> user) =>
        user.IndexOf((byte)'%') is >= 0 and var percent && TokenText.Run(user, percent + 1, Charset.Hex, 2) == 2 && user[^1] != '%' && user.IndexOfAny((byte)'$', (byte)'*') < 0;

    // What compose files call the containers beside the one that connects.
    private static readonly string[] Containers =
        ["db", "database", "postgres", "postgresql", "mysql", "mariadb", "mssql", "sqlserver", "mongo", "mongodb", "redis", "rabbitmq", "elasticsearch", "cache", "queue", "broker"];

    /// <summary>Whether the host is the machine itself or a container on it. A name of one label else is a server of the company's network.</summary>
    private static bool IsLocal(ReadOnlySpan<byte> host)
    {
        if (host.StartsWith("tcp:"u8)) host = host[4..];
        if (host.StartsWith("(local"u8) || host.StartsWith("127."u8) || host.StartsWith("[::1]"u8) || host.SequenceEqual("::1"u8)) return true;
        var end = host.IndexOfAny((byte)',', (byte)':', (byte)'\\'); // a port, an instance
        if (end >= 0) host = host[..end];
        if (host.SequenceEqual("."u8) || Ascii.EqualsIgnoreCase(host, "localhost"u8) || Ascii.EqualsIgnoreCase(host, "host.docker.internal"u8)) return true;
        foreach (var name in Containers)
            if (Ascii.EqualsIgnoreCase(host, name)) return true;
        return false;
    }

    // RFC 2606 and RFC 6761, and the words that stand for a host.
    private static bool IsExample(ReadOnlySpan<byte> host)
    {
        if (host.IndexOf("example"u8) >= 0 || host.IndexOf("your"u8) >= 0 || host.IndexOfAny((byte)'$', (byte)'%', (byte)'*') >= 0 || host.IndexOf("..."u8) >= 0) return true;
        foreach (var word in (string[])["host", "hostname", "server", "myhost", "myserver", "domain", "domain.com", "host.com", "test.com", "foo.com", "bar.com", "site.com", "foo", "bar", "proxy", "proxy.com", "somehost", "myserveraddress", "serveraddress", "acme.com"])
            if (word.Length == host.Length && Ascii.EqualsIgnoreCase(host, word)) return true;
        return host.EndsWith(".test"u8) || host.EndsWith(".invalid"u8);
    }
}
