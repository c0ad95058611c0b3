using System.Globalization;
using System.Text.Json;
using ReleaseGate.Artifacts;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// A signed JSON Web Token (RFC 7519): its header decodes to JSON that names an algorithm, its payload to JSON that says for whom or from whom it is.
/// What a vendor publishes on purpose is none: unsigned ones, those with the names of the standard's example, keys of the role <c>anon</c>, statements signed by a certificate.
/// </summary>
internal sealed class JsonWebToken : ProvableFormat
{
    /// <summary>The characters of the shortest signature, that of HMAC-SHA-256.</summary>
    public const int ShortestSignature = 43;

    private const int LongestHeader = 1024;
    private const int LongestPayload = 3072;
    private const int LongestShown = 80;

    // 2026-01-01: what expired before this was written opens nothing any more, whatever the time is now.
    private const long LongExpired = 1_767_225_600;

    /// <summary>What the header says about the signature.</summary>
    public enum Algorithm
    {
        /// <summary>A name of an algorithm.</summary>
        Signed,

        /// <summary><c>none</c>.</summary>
        None,

        /// <summary>The key comes with a certificate: a statement that anyone may verify.</summary>
        Certified,
    }

    /// <summary>What could be read of one.</summary>
    public readonly ref struct Token
    {
        /// <summary>Length in characters, as far as the window goes.</summary>
        public int Length { get; init; }

        /// <summary>The payload's characters.</summary>
        public ReadOnlySpan<byte> Payload { get; init; }

        /// <summary>Characters of the signature in the window.</summary>
        public int SignatureLength { get; init; }

        /// <summary>Whether the header names an algorithm.</summary>
        public bool HasAlgorithm { get; init; }

        /// <summary>Which.</summary>
        public Algorithm Algorithm { get; init; }

        /// <summary>Whether the window ends in it.</summary>
        public bool IsCut { get; init; }
    }

    public override string Evidence => "its header and claims decode";

    /// <summary><c>{"</c> followed by a letter, in base64: <c>eyJ</c> and one of 26 characters; <c>{ "</c>; and the brace on a line of its own.</summary>
    public static IReadOnlyList<AnchorLiteral> Prefixes()
    {
        const string fourth = "hijklmnopqrstuvwxyz0123456";
        var literals = new AnchorLiteral[fourth.Length + 4];
        for (var i = 0; i < fourth.Length; i++) literals[i] = new AnchorLiteral("eyJ" + fourth[i]);
        literals[^4] = new AnchorLiteral("eyAi");
        literals[^3] = new AnchorLiteral("ewog");
        literals[^2] = new AnchorLiteral("ewoJ");
        literals[^1] = new AnchorLiteral("ew0K");
        return literals;
    }

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        if (!TokenText.BeginsAt(window, anchor, Charset.Base64Url) && !IsBehindAppId(window, anchor)) return TokenMatch.None;
        if (!TryRead(window, anchor, out var token) || !token.HasAlgorithm || token.Algorithm != Algorithm.Signed) return TokenMatch.None;
        if (!token.IsCut && token.SignatureLength < ShortestSignature) return TokenMatch.None;
        if (IsBehindAppId(window, anchor)) return TokenMatch.None; // GitHub's installation token, told by its own format
        var claims = Claims.Read(token.Payload, token.IsCut);
        if (!claims.IsObject || claims.IsPublic) return TokenMatch.None;
        if (claims.IsExample || !claims.IsAboutSomeone || claims.Expires < LongExpired || !token.IsCut && TokenText.IsPlaceholder(window.Slice(anchor + token.Length - token.SignatureLength, token.SignatureLength)))
            return new TokenMatch(TokenProof.Dummy, anchor, token.Length);
        return new TokenMatch(TokenProof.Proven, anchor, token.Length, claims.Describe());
    }

    /// <summary>Reads the parts that stand at a place.</summary>
    public static bool TryRead(ReadOnlySpan<byte> window, int start, out Token token)
    {
        token = default;
        var header = TokenText.Run(window, start, Charset.Base64Url, LongestHeader);
        if (header is < 12 or LongestHeader || !TokenText.Has(window, start + header, "."u8)) return false;
        var payload = start + header + 1;
        if (!TokenText.Has(window, payload, "e"u8)) return false; // every JSON object begins with it: {" or { or {}
        var payloadLength = TokenText.Run(window, payload, Charset.Base64Url, LongestPayload);
        var isCut = payload + payloadLength == window.Length || payloadLength == LongestPayload;
        var signature = payload + payloadLength + 1;
        if (!isCut && !TokenText.Has(window, signature - 1, "."u8)) return false;
        var signatureLength = isCut ? 0 : TokenText.Run(window, signature, Charset.Base64Url, 2048);
        isCut |= signature + signatureLength >= window.Length && signatureLength < ShortestSignature;
        if (!TryAlgorithm(window.Slice(start, header), out var hasAlgorithm, out var algorithm)) return false;
        token = new Token
        {
            Length = isCut && signatureLength == 0 ? payload + payloadLength - start : signature + signatureLength - start,
            Payload = window.Slice(payload, payloadLength),
            SignatureLength = signatureLength,
            HasAlgorithm = hasAlgorithm,
            Algorithm = algorithm,
            IsCut = isCut,
        };
        return true;
    }

    private static bool IsBehindAppId(ReadOnlySpan<byte> window, int anchor)
    {
        if (anchor < 6 || window[anchor - 1] != '_') return false;
        var digits = TokenText.RunBefore(window, anchor - 1, Charset.Alphanumeric, 24);
        return digits > 0 && anchor - 1 - digits - 4 >= 0 && window[(anchor - 1 - digits - 4)..].StartsWith("ghs_"u8);
    }

    private static bool TryAlgorithm(ReadOnlySpan<byte> text, out bool hasAlgorithm, out Algorithm algorithm)
    {
        hasAlgorithm = false;
        algorithm = Algorithm.Signed;
        Span<byte> bytes = stackalloc byte[LongestHeader];
        if (!TokenCodec.TryBase64(text, bytes, out var length)) return false;
        var reader = new Utf8JsonReader(bytes[..length]);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                if (reader.ValueTextEquals("alg"u8))
                {
                    if (!reader.Read() || reader.TokenType != JsonTokenType.String) return false;
                    hasAlgorithm = reader.ValueSpan.Length > 0;
                    if (reader.ValueTextEquals("none"u8) || reader.ValueTextEquals("None"u8) || reader.ValueTextEquals("NONE"u8)) algorithm = Algorithm.None;
                }
                else if (reader.ValueTextEquals("x5c"u8) && algorithm == Algorithm.Signed)
                {
                    algorithm = Algorithm.Certified;
                }
                else if (reader.ValueTextEquals("enc"u8))
                {
                    return false; // encrypted: five parts, and nothing to see in the payload
                }
            }
        }
        catch (JsonException)
        {
            return false; // base64 that is no header: what stands here is something else
        }

        return true;
    }

    private readonly record struct Claims(bool IsObject, bool IsPublic, bool IsExample, bool IsAboutSomeone, string? Issuer, string? Role, long? Expires)
    {
        public static Claims Read(ReadOnlySpan<byte> text, bool isCut)
        {
            Span<byte> bytes = stackalloc byte[LongestPayload];
            if (!TokenCodec.TryBase64(text, bytes, out var length)) return default;
            bool isObject = false, isPublic = false, isExample = HasExample(bytes[..length]), isAbout = false;
            string? issuer = null, role = null;
            long? expires = null;
            var reader = new Utf8JsonReader(bytes[..length], isFinalBlock: !isCut, default);
            try
            {
                while (reader.Read())
                {
                    if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.StartObject) isObject = true;
                    if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                    var isIssuer = reader.ValueTextEquals("iss"u8);
                    var isSubject = reader.ValueTextEquals("sub"u8);
                    var isRole = reader.ValueTextEquals("role"u8);
                    var isExpiry = reader.ValueTextEquals("exp"u8);
                    isAbout |= isIssuer || isSubject || isRole || isExpiry || IsTelling(in reader);
                    if (!reader.Read()) break;
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        if (isIssuer) issuer = reader.GetString();
                        else if (isRole) role = reader.GetString();
                        isExample |= isSubject && reader.ValueTextEquals("1234567890"u8) || isIssuer && reader.ValueTextEquals("joe"u8);
                        isPublic |= isRole && reader.ValueTextEquals("anon"u8);
                    }
                    else if (isExpiry && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds))
                    {
                        expires = seconds;
                    }
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return default; // no JSON, or a string that is no text
            }

            return new Claims(isObject, isPublic, isExample, isAbout, issuer, role, expires);
        }

        // The people and the host of documentation: RFC 7519 and jwt.io, Microsoft's pages, RFC 2606, AWS.
        private static bool HasExample(ReadOnlySpan<byte> payload) =>
            payload.IndexOf("John Doe"u8) >= 0 || payload.IndexOf("Jane Doe"u8) >= 0 || payload.IndexOf("Abe Lincoln"u8) >= 0 || payload.IndexOf("EXAMPLE"u8) >= 0
            || payload.IndexOf("example.com"u8) >= 0 || payload.IndexOf("example.org"u8) >= 0;

        private static bool IsTelling(in Utf8JsonReader reader) =>
            reader.ValueTextEquals("aud"u8) || reader.ValueTextEquals("jti"u8) || reader.ValueTextEquals("scope"u8) || reader.ValueTextEquals("scopes"u8) || reader.ValueTextEquals("scp"u8)
            || reader.ValueTextEquals("roles"u8) || reader.ValueTextEquals("client_id"u8) || reader.ValueTextEquals("azp"u8) || reader.ValueTextEquals("appid"u8) || reader.ValueTextEquals("oid"u8)
            || reader.ValueTextEquals("tid"u8) || reader.ValueTextEquals("uid"u8) || reader.ValueTextEquals("user_id"u8) || reader.ValueTextEquals("userId"u8) || reader.ValueTextEquals("email"u8)
            || reader.ValueTextEquals("username"u8) || reader.ValueTextEquals("permissions"u8);

        public string? Describe()
        {
            var issuer = Issuer is null ? null : $"issued by {EntryPath.Printable(Issuer.Length > LongestShown ? Issuer[..LongestShown] : Issuer)}";
            var role = Role is null ? null : $"role {EntryPath.Printable(Role.Length > LongestShown ? Role[..LongestShown] : Role)}";
            var expires = Expires is > 0 and < 253_402_300_800 ? $"expires {DateTimeOffset.FromUnixTimeSeconds(Expires.Value).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : null;
            var all = string.Join(", ", new[] { issuer, role, expires }.Where(s => s is not null));
            return all.Length == 0 ? null : all;
        }
    }
}
