using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseGate.Testing;

/// <summary>
/// Makes tokens that nobody issued, with checksums that hold, from the algorithms their vendors describe. An implementation of its own, so that a mistake in
/// the product's is not repeated here. Nothing of it stands in git.
/// </summary>
internal static class Tokens
{
    public const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    public const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    public const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const string Entra = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
    private const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    private static readonly SortedDictionary<string, Func<Random, string>> Makers = new(StringComparer.Ordinal)
    {
        ["github"] = r => WithBase62Crc("ghp_", r),
        ["github-oauth"] = r => WithBase62Crc("gho_", r),
        ["github-user"] = r => WithBase62Crc("ghu_", r),
        ["github-server"] = r => WithBase62Crc("ghs_", r),
        ["github-refresh"] = r => WithBase62Crc("ghr_", r, 70),
        ["github-fine-grained"] = GitHubFineGrained,
        ["github-installation"] = r => "ghs_" + r.Next(100000, 999999).ToString(CultureInfo.InvariantCulture) + "_" + Jwt(r, """{"alg":"RS256","typ":"JWT"}""", """{"ins":"81276349","app":"482910","exp":1893456000}""", 256),
        ["npm"] = r => WithBase62Crc("npm_", r),
        ["vercel"] = r => WithBase62Crc("vcp_", r, 50),
        ["vercel-integration"] = r => WithBase62Crc("vci_", r, 50),
        ["vercel-app"] = r => WithBase62Crc("vca_", r, 50),
        ["vercel-refresh"] = r => WithBase62Crc("vcr_", r, 50),
        ["vercel-gateway"] = r => WithBase62Crc("vck_", r, 50),
        ["nuget"] = r => Annotated(r, "NUGT", nugetDigits: true),
        ["nuget-lower"] = r => Annotated(r, "nugt", nugetDigits: true),
        ["azure-devops"] = r => Annotated(r, "AZDO", nugetDigits: false),
        ["azure-annotated"] = r => Annotated(r, "APIM", nugetDigits: false),
        ["nuget-v4"] = NuGetV4,
        ["azure-storage"] = r => Azure(r, 64, "+ASt", "Default0"),
        ["azure-cosmos"] = r => Azure(r, 64, "ACDb", "MastRO00"),
        ["azure-batch"] = r => Azure(r, 64, "+ABa", "AbAcct00"),
        ["azure-ml"] = r => Azure(r, 64, "+AMC", "Classic0"),
        ["azure-apim"] = r => Azure(r, 64, "APIM", "Gatewy00"),
        ["azure-sql"] = r => Azure(r, 64, "+SQL", "UsrPwd00"),
        ["azure-functions"] = r => Azure(r, 40, "AzFu", "Master00").Replace('+', '-').Replace('/', '_'),
        ["azure-search"] = r => Azure(r, 39, "AzSe", "Query000"),
        ["azure-registry"] = r => Azure(r, 39, "+ACR", "ACRDflt0"),
        ["azure-servicebus"] = r => Azure(r, 32, "+ASb", "Listen00"),
        ["azure-eventhub"] = r => Azure(r, 32, "+AEh", "Send0000"),
        ["azure-relay"] = r => Azure(r, 32, "+ARm", "Manage00"),
        ["azure-iot"] = r => Azure(r, 32, "AIoT", "Device00"),
        ["azure-redis"] = r => Azure(r, 32, "AzCa", "Access00"),
        ["azure-eventgrid"] = r => Azure(r, 32, "AZEG", "SendRecv"),
        ["entra"] = EntraSecret,
        ["azure-devops-old"] = r => "VssSessionToken=" + AzureDevOpsOld(r),
        ["gitlab"] = r => GitLab("glpat-", r),
        ["gitlab-runner"] = r => GitLab("glrt-t1_", r),
        ["gitlab-own"] = r => GitLab("acme-", r),
        ["atlassian"] = r => Atlassian("ATATT3xFfGF0", r),
        ["atlassian-bitbucket"] = r => Atlassian("ATCTT3xFfGF0", r),
        ["grafana"] = Grafana,
        ["zuplo"] = r => Zuplo(Text(r, Base62, 32)),
        ["cloudflare-global"] = r => WithHexCrc("cfk_", Text(r, Base62, 40)),
        ["cloudflare-user"] = r => WithHexCrc("cfut_", Text(r, Base62, 40)),
        ["cloudflare-account"] = r => WithHexCrc("cfat_", Text(r, Base62, 40)),
        ["confluent"] = Confluent,
        ["age"] = r => Age("age-secret-key-", r),
        ["age-pq"] = r => Age("age-secret-key-pq-", r),
        ["aws"] = r => $"aws_access_key_id={AwsId(r)}\naws_secret_access_key={Text(r, Base62 + "+/", 36)}aB3d",
        ["pypi"] = PyPi,
        ["jwt"] = r => Jwt(r, """{"alg":"HS256","typ":"JWT"}""", """{"iss":"https://login.acme.test/","sub":"build","exp":1893456000}""", 32),
        ["jwt-spaced"] = r => Jwt(r, """{ "typ":"JWT", "alg":"ES256" }""", """{ "aud": "deploy" }""", 64),
        ["jwt-service"] = r => Jwt(r, """{"alg":"HS256","typ":"JWT"}""", """{"iss":"acme-base","ref":"abcd","role":"service_role","exp":1999999999}""", 32),
    };

    /// <summary>The kinds that are proven.</summary>
    public static IEnumerable<string> Kinds => Makers.Keys;

    /// <summary>Makes a token of a kind; the same for the same seed.</summary>
    public static string Make(string kind, int seed) => kind switch
    {
        // What looks like one and is none.
        "aws-id" => AwsId(new Random(seed)),
        "jwt-none" => Jwt(new Random(seed), """{"alg":"none","typ":"JWT"}""", """{"iss":"https://login.acme.test/","sub":"build"}""", 32),
        "jwt-example" => Jwt(new Random(seed), """{"alg":"HS256","typ":"JWT"}""", """{"sub":"1234567890","name":"John Doe","iat":1516239022}""", 32),
        "jwt-expired" => Jwt(new Random(seed), """{"alg":"HS256","typ":"JWT"}""", """{"iss":"https://login.acme.test/","sub":"build","exp":1579729529}""", 32),
        "jwt-reserved" => Jwt(new Random(seed), """{"alg":"HS256","typ":"JWT"}""", """{"iss":"https://auth.example.com/","sub":"build"}""", 32),
        "jwt-empty" => Jwt(new Random(seed), """{"alg":"HS256","typ":"JWT"}""", """{"foo":"bar","iat":1516239022}""", 32),
        "jwt-anon" => Jwt(new Random(seed), """{"alg":"HS256","typ":"JWT"}""", """{"iss":"acme-base","ref":"abcd","role":"anon","exp":1999999999}""", 32),
        "jwt-certified" => Jwt(new Random(seed), """{"alg":"RS256","x5c":["AAAA"]}""", """{"iss":"https://login.acme.test/","sub":"build"}""", 256),
        "jwt-encrypted" => Jwt(new Random(seed), """{"alg":"dir","enc":"A256GCM"}""", """{"iss":"https://login.acme.test/","sub":"build"}""", 32),
        _ => Makers.TryGetValue(kind, out var make) ? make(new Random(seed)) : throw new ArgumentException($"'{kind}' is no kind of token"),
    };

    /// <summary>Another character in the middle of its random part, so that its checksum is wrong.</summary>
    public static string Break(string token)
    {
        var at = token.Length / 3;
        while (!char.IsAsciiLetterOrDigit(token[at])) at++;
        return token[..at] + (token[at] is 'e' ? 'f' : 'e') + token[(at + 1)..];
    }

    public static string Text(Random random, string alphabet, int length) => string.Create(length, (random, alphabet), static (span, state) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = state.alphabet[state.random.Next(state.alphabet.Length)];
    });

    public static uint Marvin(ReadOnlySpan<byte> data, string seed)
    {
        var value = BinaryPrimitives.ReadUInt64BigEndian(Encoding.ASCII.GetBytes(seed));
        uint p0 = (uint)value, p1 = (uint)(value >> 32);
        var padded = new byte[data.Length / 4 * 4 + 4];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        for (var i = 0; i < padded.Length; i += 4)
        {
            p0 += BinaryPrimitives.ReadUInt32LittleEndian(padded.AsSpan(i));
            Block();
        }

        Block();
        return p0 ^ p1;

        void Block()
        {
            p1 ^= p0;
            p0 = BitOperations.RotateLeft(p0, 20);
            p0 += p1;
            p1 = BitOperations.RotateLeft(p1, 9);
            p1 ^= p0;
            p0 = BitOperations.RotateLeft(p0, 27);
            p0 += p1;
            p1 = BitOperations.RotateLeft(p1, 19);
        }
    }

    public static string Annotated(string random, string tail, bool nugetDigits)
    {
        var key = random + tail;
        var hash = Marvin(Convert.FromBase64String(key), "Default0");
        if (!nugetDigits) return key + Convert.ToBase64String([(byte)hash, (byte)(hash >> 8), (byte)(hash >> 16)]);
        return key + Digits(BinaryPrimitives.ReverseEndianness(hash), Base62).PadRight(6, '0')[..4];
    }

    public static string EntraSecret(string first) => first + Digits(Marvin(Encoding.ASCII.GetBytes(first), "AadPwd00"), Entra).PadLeft(6, Entra[0])[..3];

    private static uint Crc(string text) => ZipFileBuilder.Crc32(Encoding.ASCII.GetBytes(text));

    private static string WithBase62Crc(string prefix, Random random, int length = 30)
    {
        var body = Text(random, Base62, length);
        return prefix + body + Digits(Crc(body), Base62).PadLeft(6, '0');
    }

    private static string GitHubFineGrained(Random random)
    {
        var body = $"github_pat_{Text(random, Base62, 22)}_{Text(random, Base62, 43)}";
        var bits = new BigInteger(SHA256.HashData(Encoding.ASCII.GetBytes(body)).AsSpan(0, 5), isUnsigned: true, isBigEndian: true);
        var checksum = new char[8];
        for (var i = checksum.Length - 1; i >= 0; i--, bits >>= 5) checksum[i] = char.ToUpperInvariant(Base32[(int)(bits & 31)]);
        return body + new string(checksum) + Text(random, Base62, 8);
    }

    private static string WithHexCrc(string prefix, string body) => prefix + body + Crc(body).ToString("x8", CultureInfo.InvariantCulture);

    private static string Zuplo(string body) => $"zpka_{body}_{Crc(body).ToString("x8", CultureInfo.InvariantCulture)}";

    private static string Grafana(Random random)
    {
        var body = "glsa_" + Text(random, Base62, 32);
        return body + "_" + BinaryPrimitives.ReverseEndianness(Crc(body)).ToString("x8", CultureInfo.InvariantCulture);
    }

    private static string Confluent(Random random)
    {
        var body = Text(random, Base62 + "+/", 54);
        return "cflt" + body + Convert.ToBase64String(BitConverter.GetBytes(Crc(body)))[..6];
    }

    private static string Atlassian(string prefix, Random random)
    {
        var body = prefix + Text(random, Base64Url, 172) + "=";
        return body + Crc(body).ToString("X8", CultureInfo.InvariantCulture);
    }

    private static string GitLab(string prefix, Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var payload = Convert.ToBase64String([.. bytes, .. "o:2f\np:9a"u8, 16]).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var text = $"{prefix}{payload}.01.{Digits((uint)payload.Length, Base36).PadLeft(2, '0')}";
        return text + Digits(Crc(text), Base36).PadLeft(7, '0');
    }

    // Whoever issues one draws again until no sign of base64 stands in it.
    private static string Annotated(Random random, string provider, bool nugetDigits)
    {
        while (true)
        {
            var key = Annotated(Text(random, Base62, 52), "JQQJ99" + "BK" + Text(random, Base62, 12) + Text(random, Base62, 4) + provider, nugetDigits);
            if (key.All(char.IsAsciiLetterOrDigit)) return key;
        }
    }

    private static string Azure(Random random, int length, string signature, string seed)
    {
        // The signature stands directly before the last six characters, so the text is made first and its bytes follow from it.
        var characters = (length * 8 + 5) / 6;
        var body = Text(random, Base62 + "+/", characters - 10) + signature;
        var bytes = Convert.FromBase64String((body + "AAAAAA").PadRight((characters + 3) / 4 * 4, '='));
        var hash = Marvin(bytes.AsSpan(0, length - 4), seed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(length - 4), hash);
        return Convert.ToBase64String(bytes);
    }

    private static string EntraSecret(Random random) => EntraSecret(Text(random, Base62, 3) + "8Q~" + Text(random, Base62, 31));

    private static string AzureDevOpsOld(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        var crc = ZipFileBuilder.Crc32([.. bytes[..2], .. bytes[3..7], .. bytes[9..22], .. bytes[23..]]) ^ 0xE0B9692Du;
        (bytes[22], bytes[8], bytes[7], bytes[2]) = ((byte)crc, (byte)(crc >> 8), (byte)(crc >> 16), (byte)(crc >> 24));
        return ToBase32(bytes);
    }

    private static string NuGetV4(Random random)
    {
        var id = new byte[12];
        var secret = new byte[16];
        random.NextBytes(id);
        random.NextBytes(secret);
        for (var i = 0; i < id.Length; i++)
            if (id[i] == 0) id[i] = 1;
        (id[0], id[1]) = ((byte)'v', (byte)'4');
        return ToBase32(id) + ToBase32(secret);
    }

    private static string Age(string prefix, Random random)
    {
        var data = Text(random, Bech32, 51) + Bech32[random.Next(2) * 16]; // 256 bits: the last character has one of them
        var values = new List<int>();
        foreach (var c in prefix) values.Add(c >> 5);
        values.Add(0);
        foreach (var c in prefix) values.Add(c & 31);
        foreach (var c in data) values.Add(Bech32.IndexOf(c, StringComparison.Ordinal));
        var state = 1;
        int[] generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        foreach (var value in values.Concat(new int[6]))
        {
            var top = state >> 25;
            state = (state & 0x1ffffff) << 5 ^ value;
            for (var i = 0; i < 5; i++)
                if ((top >> i & 1) != 0) state ^= generator[i];
        }

        state ^= 1;
        for (var i = 0; i < 6; i++) data += Bech32[state >> 5 * (5 - i) & 31];
        return (prefix + "1" + data).ToUpperInvariant();
    }

    // Account 123456789012 behind a set bit, as ids since 2019 have it.
    private static string AwsId(Random random)
    {
        var bytes = new byte[10];
        random.NextBytes(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, 0x8000_0000_0000_0000 | 123456789012UL << 23 | (uint)random.Next(1 << 22));
        return "AKIA" + ToBase32(bytes).ToUpperInvariant();
    }

    private static string PyPi(Random random)
    {
        var secret = new byte[32];
        random.NextBytes(secret);
        byte[] macaroon = [2, 1, 8, .. "acme.org"u8, 2, 36, .. "0d2f1c9e-8a77-4b65-9e43-a1b2c3d4e5f6"u8, 0, 2, 12, .. """[3,"user-1"]"""u8, 0, 0, 6, 32, .. secret];
        return "pypi-" + Convert.ToBase64String(macaroon).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    private static string Jwt(Random random, string header, string payload, int signature)
    {
        var bytes = new byte[signature];
        random.NextBytes(bytes);
        return string.Join('.', new[] { Encoding.ASCII.GetBytes(header), Encoding.ASCII.GetBytes(payload), bytes }
            .Select(part => Convert.ToBase64String(part).TrimEnd('=').Replace('+', '-').Replace('/', '_')));
    }

    private static string ToBase32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var value = 0;
            for (var i = bit; i < bit + 5; i++) value = value << 1 | (i < bytes.Length * 8 ? bytes[i / 8] >> 7 - i % 8 & 1 : 0);
            text.Append(Base32[value]);
        }

        return text.ToString();
    }

    private static string Digits(uint value, string alphabet)
    {
        var text = "";
        do text = alphabet[(int)(value % (uint)alphabet.Length)] + text;
        while ((value /= (uint)alphabet.Length) != 0);
        return text;
    }
}
