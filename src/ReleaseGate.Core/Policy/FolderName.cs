namespace ReleaseGate.Policy;

/// <summary>The names that the placeholders {tfm}, {rid}, {culture} and {word} stand for.</summary>
internal static class FolderName
{
    // Sources: NuGet's short folder names (https://learn.microsoft.com/nuget/reference/target-frameworks),
    // the RID catalogue (https://learn.microsoft.com/dotnet/core/rid-catalog), BCP 47 and ISO 639 for cultures.
    private static readonly HashSet<string> Frameworks = Words(
        "net netstandard netcoreapp netcore netmf netnano dotnet dnx dnxcore aspnet aspnetcore netstandardapp uap win winrt wp wpa windowsphone sl silverlight "
        + "monoandroid monotouch monomac xamarinios xamarin.ios xamarinmac xamarin.mac xamarintvos xamarin.tvos xamarinwatchos xamarin.watchos xamarinxboxone "
        + "tizen native any agnostic");

    private static readonly HashSet<string> Platforms = Words("android ios maccatalyst macos tvos watchos tizen windows browser wasi linux");

    private static readonly HashSet<string> FrameworkProfiles = Words("client full cf compactframework wp wp71 wp75 windowsphone windowsphone71");

    private static readonly HashSet<string> Systems = Words(
        "win linux linux-musl linux-bionic osx maccatalyst ios iossimulator tvos tvossimulator android browser wasi unix freebsd illumos solaris haiku "
        + "alpine arch centos debian exherbo fedora gentoo linuxmint ol opensuse rhel rocky sles tizen ubuntu miraclelinux almalinux");

    private static readonly HashSet<string> Architectures = Words("x64 x86 arm arm64 armel armv6 loongarch64 mips64 ppc64le riscv64 s390x wasm");

    private static readonly HashSet<string> Languages = Words(
        "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv "
        + "ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my "
        + "na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty "
        + "ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
        + "agq arn asa ast bas bem bez brx byn ccp ceb cgg chr ckb dav dje doi dsb dua dyo ebu ewo fil fur gsw guz haw hsb jgo jmc kab kam kde kea kgp khq kkj kln kok ksb ksf ksh "
        + "lag lkt lrc luo luy mai mas mer mfe mgh mgo mni moh mua mzn naq nds nmg nnh nqo nso nus nyn prg qps quc quz rof rwk sah saq sat sbp seh ses shi sma smj smn sms ssy syr "
        + "teo tig twq tzm vai vun wae wal xog yav yrl yue zgh");

    /// <summary>A target framework as NuGet spells its folder: <c>net8.0</c>, <c>net8.0-windows10.0.19041</c>, <c>net462</c>, <c>portable-net45+win8</c>, <c>any</c> …; ASCII case is ignored, as NuGet does.</summary>
    public static bool IsFramework(ReadOnlySpan<char> name)
    {
        if (!IsShortAscii(name)) return false;
        var text = name.ToString().ToLowerInvariant();
        if (!text.StartsWith("portable", StringComparison.Ordinal)) return IsOneFramework(text);

        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || !IsVersion(text.AsSpan("portable".Length, dash - "portable".Length), orNone: true)) return false;
        // Old packages were written with the '+' escaped as in a URL.
        return text[(dash + 1)..].Replace("%2b", "+", StringComparison.Ordinal).Split('+').All(IsOneFramework);
    }

    /// <summary>A runtime identifier: <c>win-x64</c>, <c>linux-musl-arm64</c>, <c>osx.10.12-x64</c>, <c>win10</c>, <c>any</c> …</summary>
    public static bool IsRuntime(ReadOnlySpan<char> name)
    {
        if (!IsShortAscii(name)) return false;
        var text = name.ToString();
        if (text is "any" or "base" or "aot") return true;
        if (text.EndsWith("-aot", StringComparison.Ordinal)) text = text[..^4];

        var dash = text.LastIndexOf('-');
        if (dash > 0 && Architectures.Contains(text[(dash + 1)..])) text = text[..dash];
        if (Systems.Contains(text)) return true;

        // A version may follow: win10, win81, ubuntu.22.04, osx.10.12, linux-musl has none.
        var letters = text.AsSpan().IndexOfAnyInRange('0', '9');
        if (letters <= 0) return false;
        var version = text.AsSpan(letters);
        var system = text.AsSpan(0, letters);
        return IsVersion(version, orNone: false) && Systems.Contains(system.TrimEnd('.').ToString());
    }

    /// <summary>A culture as satellite assemblies and translations spell it: <c>de</c>, <c>pt-BR</c>, <c>zh-Hans</c>, <c>zh-Hant-TW</c>, <c>es-419</c>, <c>ca-ES-valencia</c>.</summary>
    public static bool IsCulture(ReadOnlySpan<char> name)
    {
        if (!IsShortAscii(name)) return false;
        var parts = name.ToString().Split('-');
        if (!Languages.Contains(parts[0])) return false;
        if (parts is [ "zh", _] && parts[1].ToUpperInvariant() is "CHS" or "CHT") return true;

        var at = 1;
        if (at < parts.Length && parts[at].Length == 4 && parts[at].All(char.IsAsciiLetter)) at++;
        if (at < parts.Length && (parts[at].Length == 2 && parts[at].All(char.IsAsciiLetter) || parts[at].Length == 3 && parts[at].All(char.IsAsciiDigit))) at++;
        if (at < parts.Length && parts[at].Length is >= 5 and <= 8 && parts[at].All(char.IsAsciiLetterOrDigit)) at++;
        return at == parts.Length;
    }

    /// <summary>ASCII letters, digits, '-' and '_': a name without an extension, such as a program on Unix.</summary>
    public static bool IsWord(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return !name.IsEmpty;
    }

    private static bool IsOneFramework(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var framework = dash < 0 ? text : text[..dash];
        var letters = framework.AsSpan().IndexOfAnyInRange('0', '9');
        var identifier = letters < 0 ? framework : framework[..letters];
        if (!Frameworks.Contains(identifier)) return false;
        if (letters >= 0 && !IsVersion(framework.AsSpan(letters), orNone: false)) return false;
        if (dash < 0) return true;

        var profile = text[(dash + 1)..];
        if (FrameworkProfiles.Contains(profile)) return true;
        var digits = profile.AsSpan().IndexOfAnyInRange('0', '9');
        return Platforms.Contains(digits < 0 ? profile : profile[..digits]) && (digits < 0 || IsVersion(profile.AsSpan(digits), orNone: false));
    }

    /// <summary>Groups of digits with single dots between them.</summary>
    private static bool IsVersion(ReadOnlySpan<char> text, bool orNone)
    {
        if (text.IsEmpty) return orNone;
        var afterDigit = false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c) && !(c == '.' && afterDigit)) return false;
            afterDigit = c != '.';
        }

        return afterDigit;
    }

    private static bool IsShortAscii(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > 128) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '+' or '%')) return false;
        return true;
    }

    private static HashSet<string> Words(string text) => new(text.Split(' '), StringComparer.Ordinal);
}
