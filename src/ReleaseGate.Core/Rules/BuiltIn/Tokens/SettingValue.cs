namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>What the value of a setting is worth.</summary>
internal enum SettingWorth
{
    /// <summary>Nothing: empty, a reference to another place, or a word that says what should stand there.</summary>
    Placeholder,

    /// <summary>What everybody tries first: a default of a product, the user's name.</summary>
    Weak,

    /// <summary>It may open something.</summary>
    Real,
}

/// <summary>Tells secrets from references to them and from what people write in their place.</summary>
internal static class SettingValue
{
    private const int Longest = 4096;

    // Whole values, ASCII case ignored.
    private static readonly string[] Placeholders =
    [
        "password", "passwd", "pass", "pwd", "pw", "secret", "token", "mypassword", "mypass", "mysecret", "mytoken", "my-secret", "my_password", "thepassword", "userpassword", "user_password", "dbpassword",
        "db_password", "changeme", "change-me", "changeit", "replaceme", "value", "string", "null", "nil", "none", "undefined", "empty", "key", "apikey", "api_key", "hidden", "masked", "redacted",
        "p", "pass1", "passw0rd", "p@ssword", "p@ssw0rd", "p4ssw0rd", "true", "false", "required", "optional", "todo", "tbd", "credentials", "foo", "bar", "baz", "qux", "abc", "asdf", "pswd", "word", "mypwd",
        "password1", "password123", "hunter2", "letmein", "s3cret", "s3cr3t", "supersecret", "super-secret", "secretpassword", "not-a-secret", "fake", "mock",
        "old_password", "new_password", "oldpassword", "newpassword",
    ];

    private static readonly string[] Weak =
        ["admin", "root", "guest", "test", "user", "postgres", "mysql", "sa", "redis", "mongo", "rabbitmq", "minio", "minioadmin", "dev", "demo", "default", "local", "localhost", "123", "1234", "12345", "123456", "12345678", "qwerty"];

    /// <summary>What a value is worth.</summary>
    /// <param name="value">Without its quotes.</param>
    /// <param name="user">The user's name, where one stands beside it.</param>
    public static SettingWorth Of(ReadOnlySpan<byte> value, ReadOnlySpan<byte> user = default)
    {
        value = value.Trim(" \t\r"u8);
        if (value.Length is 0 or > Longest || IsReference(value) || IsOneOf(Placeholders, value)) return SettingWorth.Placeholder;
        if (NamesItself(value)) return SettingWorth.Placeholder;
        if (IsOneOf(Weak, value) || value.SequenceEqual(user)) return SettingWorth.Weak;
        if (TokenText.IsPlaceholder(value)) return SettingWorth.Placeholder;
        return value.Length < 4 ? SettingWorth.Weak : SettingWorth.Real;
    }

    /// <summary>Whether a value, short as passwords are, looks made by a machine or by somebody careful: not a word, a path, a number, a sentence.</summary>
    public static bool LooksSecret(ReadOnlySpan<byte> value)
    {
        if (Of(value) != SettingWorth.Real || value.IndexOfAny((byte)' ', (byte)'\\') >= 0 || value.Length < 8) return false;
        if (value.Length >= 16) return Randomness.IsCertain(value);
        bool lower = false, upper = false, digit = false, other = false;
        foreach (var c in value)
        {
            if (Charset.Lower.Contains(c)) lower = true;
            else if (Charset.Upper.Contains(c)) upper = true;
            else if (Charset.Digits.Contains(c)) digit = true;
            else if (c is (byte)'.' or (byte)':' or (byte)'/' or (byte)',' or (byte)'(' or (byte)')') return false;
            else other = true;
        }

        return (lower ? 1 : 0) + (upper ? 1 : 0) + (digit ? 1 : 0) + (other ? 1 : 0) >= 3 && Randomness.Evidence(value) > 0;
    }

    // "a_password", "MyDbPassword", "theSecret": letters that end with what should stand there.
    private static bool NamesItself(ReadOnlySpan<byte> value)
    {
        if (TokenText.Run(value, 0, Charset.Letters | Charset.Of('_') | Charset.Of('-')) != value.Length) return false;
        foreach (var word in (string[])["password", "passwd", "pwd", "secret", "token"])
            if (value.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(value[^word.Length..], word)) return true;
        return false;
    }

    // ${X}, $(X), $X, %X%, {{x}}, {0}, <password>, #{x}#, @x@, [x], $secret:…, a format (%s), stars and dots.
    private static bool IsReference(ReadOnlySpan<byte> value) =>
        value[0] is (byte)'$' or (byte)'%' or (byte)'<' or (byte)'{' or (byte)'[' or (byte)'(' or (byte)'#' or (byte)'@'
        || value.IndexOf("${"u8) >= 0 || value.IndexOf("$("u8) >= 0 || value.IndexOf("{{"u8) >= 0 || value.IndexOf("#{"u8) >= 0 || value.IndexOf("&lt;"u8) >= 0 || value.IndexOf("%s"u8) >= 0
        || value.IndexOf("***"u8) >= 0 || value.IndexOf("..."u8) >= 0 || value.IndexOfAny("<>{}"u8) >= 0
        || value.IndexOf("\" +"u8) >= 0 || value.IndexOf("process.env"u8) >= 0;

    private static bool IsOneOf(string[] words, ReadOnlySpan<byte> value)
    {
        foreach (var word in words)
            if (word.Length == value.Length && System.Text.Ascii.EqualsIgnoreCase(value, word)) return true;
        return false;
    }
}
