using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>
/// A key of OpenAI. In the middle of every one stands "OpenAI" in base64; before it "sk-" with 20 characters, or "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-" with 20, 58 or 74; behind it as many.
/// </summary>
internal sealed class OpenAIKey : TokenFormat
{
    public const string Infix = "T3BlbkFJ";

    private const int Longest = 100;

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var behind = TokenText.Run(window, anchor + Infix.Length, Charset.Base64Url, Longest);
        if (behind is not (20 or 58 or 74)) return TokenMatch.None;
        var start = anchor - TokenText.RunBefore(window, anchor, Charset.Base64Url, Longest);
        // What stands before the key may be of its alphabet ("x-sk-…"); the prefix says where it begins.
        start = TokenText.Has(window, start, "sk-"u8) ? start : start + Math.Max(0, window[start..anchor].IndexOf("sk-"u8));
        if (!TokenText.Has(window, start, "sk-"u8) || !TokenText.BeginsAt(window, start, Charset.Word)) return TokenMatch.None;
        var rest = window[(start + 3)..anchor];
        if (rest.StartsWith("proj-"u8)) rest = rest["proj-"u8.Length..];
        else if (rest.StartsWith("svcacct-"u8)) rest = rest["svcacct-"u8.Length..];
        else if (rest.StartsWith("admin-"u8)) rest = rest["admin-"u8.Length..];
        else if (rest.StartsWith("None-"u8)) rest = rest["None-"u8.Length..];

        var end = anchor + Infix.Length + behind;
        return rest.Length == behind && Randomness.IsLikely(rest) && Randomness.IsLikely(window[(anchor + Infix.Length)..end])
            ? new TokenMatch(TokenProof.Structured, start, end - start)
            : TokenMatch.None;
    }
}

/// <summary>A shared access signature of Azure: a query with a version, a signature of 32 bytes in base64 (percent-encoded or not) and an end or a policy.</summary>
internal sealed class AzureSharedAccessSignature : TokenFormat
{
    private const int Reach = 400;

    private static readonly SearchValues<byte> Delimiters = SearchValues.Create("\"' <>\n\0"u8);

    public static readonly AnchorLiteral[] Literals = [new("&sig="), new("?sig="), new("&amp;sig="), new("\\u0026sig=")];

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var start = anchor + Literals[literal].Bytes.Length;
        var at = start;
        // 44 characters of base64: 43 and the padding.
        var count = 0;
        while (at < window.Length && count < 44)
        {
            if (Charset.Base64.Contains(window[at])) at++;
            else if (window[at] == '%' && TokenText.Run(window, at + 1, Charset.Hex, 2) == 2) at += 3;
            else break;
            count++;
        }

        if (count == 43 && at < window.Length && window[at] == '=') at++;
        else if (count != 44) return TokenMatch.None;
        if (!TokenText.EndsAt(window, at, Charset.Word) || !Randomness.IsLikely(window[start..at])) return TokenMatch.None;
        // The other fields stand before or behind, in the same query.
        var before = window[Math.Max(0, anchor - Reach)..(anchor + 1)];
        before = before[(before.LastIndexOfAny(Delimiters) + 1)..];
        var behind = window[at..Math.Min(window.Length, at + Reach)];
        var stop = behind.IndexOfAny(Delimiters);
        if (stop >= 0) behind = behind[..stop];
        return (before.IndexOf("sv=20"u8) >= 0 || behind.IndexOf("sv=20"u8) >= 0) && (Has(before, behind, "se=20"u8) || Has(before, behind, "si="u8))
            ? new TokenMatch(TokenProof.Structured, start, at - start)
            : TokenMatch.None;
    }

    private static bool Has(ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind, ReadOnlySpan<byte> field) => before.IndexOf(field) >= 0 || behind.IndexOf(field) >= 0;
}

/// <summary>
/// A token of a Discord bot: its snowflake id in base64url, six characters, and an HMAC of 27 or 38, with dots between. The first part must decode to digits.
/// </summary>
internal sealed class DiscordBotToken : TokenFormat
{
    private const int Reach = 240;

    public static readonly AnchorLiteral[] Words = [new("discord"), new("Discord"), new("DISCORD")];

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var from = anchor + Words[literal].Bytes.Length;
        var end = Math.Min(window.Length, from + Reach);
        foreach (var word in Words)
            if (window[from..end].IndexOf(word.Bytes.Span) is >= 0 and var next) end = from + next;
        // Ids of 17 to 19 digits are 23 to 26 characters, and the first digit makes the first two letters: "MT", "Mz", "NT", "OD" …
        for (var at = from; at < end; at++)
        {
            if (window[at] is not ((byte)'M' or (byte)'N' or (byte)'O') || !TokenText.BeginsAt(window, at, Charset.Base64Url)) continue;
            var id = TokenText.Run(window, at, Charset.Base64Url, 29);
            if (id is < 23 or > 28 || !IsSnowflake(window.Slice(at, id)) || !TokenText.Has(window, at + id, "."u8)) continue;
            var stamp = at + id + 1;
            if (!TokenText.IsExact(window, stamp, 6, Charset.Base64Url) || !TokenText.Has(window, stamp + 6, "."u8)) continue;
            var code = TokenText.Run(window, stamp + 7, Charset.Base64Url, 39);
            if (code is < 27 or > 38 || !Randomness.IsLikely(window.Slice(stamp + 7, code))) continue;
            return new TokenMatch(TokenProof.Structured, at, stamp + 7 + code - at);
        }

        return TokenMatch.None;
    }

    private static bool IsSnowflake(ReadOnlySpan<byte> text)
    {
        Span<byte> padded = stackalloc byte[28];
        padded.Fill((byte)'=');
        if (text.Length > padded.Length) return false;
        text.CopyTo(padded);
        padded = padded[..((text.Length + 3) / 4 * 4)];
        Span<byte> digits = stackalloc byte[21];
        if (Base64.DecodeFromUtf8(padded, digits, out _, out var written) != OperationStatus.Done) return false;
        return written is >= 17 and <= 20 && TokenText.Run(digits[..written], 0, Charset.Digits) == written;
    }
}

/// <summary>
/// A Twilio account (AC and 32 hex digits) with its auth token, or an API key (SK and 32 hex digits) with its secret. The SID alone is an identifier and stands in many an address.
/// </summary>
internal sealed class TwilioCredential : TokenFormat
{
    private const int Reach = 200;
    private const int SidLength = 34;
    private const int HexLength = 32;

    public static readonly AnchorLiteral[] Words = [new("twilio"), new("Twilio"), new("TWILIO")];

    public override TokenMatch Verify(ReadOnlySpan<byte> window, int anchor, int literal)
    {
        var from = anchor + Words[literal].Bytes.Length;
        var end = Math.Min(window.Length, from + Reach);
        for (var at = from; at + SidLength <= end; at++)
        {
            if (window[at] is not ((byte)'A' or (byte)'S') || window[at + 1] != (window[at] == 'A' ? (byte)'C' : (byte)'K')) continue;
            if (!TokenText.BeginsAt(window, at, Charset.Word) || !TokenText.IsExact(window, at + 2, HexLength, Charset.LowerHex)
                || !TokenText.EndsAt(window, at + SidLength, Charset.Word) || !Randomness.IsLikely(window.Slice(at + 2, HexLength))) continue;
            // A second word before the SID would report it again.
            foreach (var word in Words)
                if (window[from..at].IndexOf(word.Bytes.Span) >= 0) return TokenMatch.None;
            return SecretBehind(window, at + SidLength, window[at] == 'A') is { Length: > 0 } secret
                ? new TokenMatch(TokenProof.Structured, secret.Start, secret.Length, $"of {(window[at] == 'A' ? "account" : "key")} {Encoding.ASCII.GetString(window.Slice(at, 6))}…")
                : TokenMatch.None;
        }

        return TokenMatch.None;
    }

    private static (int Start, int Length) SecretBehind(ReadOnlySpan<byte> window, int from, bool isAccount)
    {
        var end = Math.Min(window.Length, from + Reach);
        for (var at = from; at < end;)
        {
            var run = TokenText.Run(window, at, Charset.Word);
            if (run == HexLength && TokenText.Run(window, at, isAccount ? Charset.LowerHex : Charset.Alphanumeric) == run && Randomness.IsLikely(window.Slice(at, run))) return (at, run);
            at += run + 1;
        }

        return default;
    }
}
