namespace ReleaseGate.Rules.BuiltIn.Tokens;

/// <summary>The formats whose tokens can be proven without asking their vendor. What each proof is stands in docs/rules/RG4001.md.</summary>
internal static class ChecksummedFormats
{
    private const string AzureLibrary = "https://github.com/microsoft/security-utilities";

    /// <summary>All of them. Made when first asked for.</summary>
    public static IReadOnlyList<ProvableFormat> All => Lazy.Formats;

    private static AzureIdentifiableKey Azure(string name, string signature, int bytes, params IReadOnlyList<string> seeds) =>
        new() { Vendor = "Azure", Name = name, Page = AzureLibrary, Anchors = [new AnchorLiteral(signature)], Bytes = bytes, Seeds = seeds };

    private static AnchorLiteral[] Literals(params ReadOnlySpan<string> texts)
    {
        var literals = new AnchorLiteral[texts.Length];
        for (var i = 0; i < texts.Length; i++) literals[i] = new AnchorLiteral(texts[i]);
        return literals;
    }

    private static GitHubClassicToken GitHub(string name, string prefix, int random = 30) => new()
    {
        Vendor = "GitHub", Name = name, Anchors = Literals(prefix), Random = random,
        Page = "https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/",
    };

    private static class Lazy
    {
        public static readonly ProvableFormat[] Formats =
        [
            GitHub("personal access token", "ghp_"),
            GitHub("OAuth access token", "gho_"),
            GitHub("user-to-server token", "ghu_"),
            GitHub("installation token", "ghs_"),
            GitHub("refresh token", "ghr_", 70),
            new GitHubFineGrainedToken
            {
                Vendor = "GitHub", Name = "fine-grained personal access token", Anchors = Literals("github_pat_"),
                Page = "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats",
            },
            new GitHubInstallationToken
            {
                Vendor = "GitHub", Name = "installation token", Anchors = Literals("ghs_"),
                Page = "https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header/",
            },
            new GitHubClassicToken
            {
                Vendor = "npm", Name = "access token", Anchors = Literals("npm_"),
                Page = "https://github.blog/security/announcing-npms-new-access-token-format",
            },
            Vercel("personal access token", "vcp_"),
            Vercel("integration token", "vci_"),
            Vercel("app access token", "vca_"),
            Vercel("app refresh token", "vcr_"),
            Vercel("AI Gateway key", "vck_"),
            new CommonAnnotatedKey
            {
                Vendor = "NuGet", Name = "API key", Anchors = Literals("JQQJ9"), Service = "NUGT",
                Page = "https://learn.microsoft.com/nuget/nuget-org/publish-a-package#create-an-api-key",
            },
            new CommonAnnotatedKey
            {
                Vendor = "Azure DevOps", Name = "personal access token", Anchors = Literals("JQQJ9"), Service = "AZDO",
                Page = "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
            },
            new CommonAnnotatedKey { Vendor = "Azure", Name = "key", Anchors = Literals("JQQJ9"), Service = null, Page = AzureLibrary },
            Azure("storage account key", "+ASt", 64, "Default0"),
            Azure("Cosmos DB key", "ACDb", 64, "MastRW00", "MastRO00", "SystRW00", "SystRO00", "SysAll00", "Resour00", "Encryp00"),
            Azure("Batch key", "+ABa", 64, "AbAcct00"),
            Azure("Machine Learning key", "+AMC", 64, "Classic0"),
            Azure("API Management key", "APIM", 64, "Tenant00", "IoTHub00", "Gatewy00", "GitKey00"),
            Azure("SQL key", "+SQL", 64, "UsrPwd00"),
            Azure("Functions key", "AzFu", 40, "Functi00", "Master00", "System00"),
            Azure("Search key", "AzSe", 39, "Query000", "PAdmin00"),
            Azure("Container Registry password", "+ACR", 39, "ACRDflt0"),
            Azure("Service Bus key", "+ASb", 32, "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
            Azure("Event Hubs key", "+AEh", 32, "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
            Azure("Relay key", "+ARm", 32, "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
            Azure("IoT key", "AIoT", 32, "IoTHub00", "DpsKey00", "Device00"),
            Azure("Cache for Redis key", "AzCa", 32, "Access00"),
            Azure("Event Grid key", "AZEG", 32, "SendRecv"),
            new EntraClientSecret
            {
                Vendor = "Microsoft Entra", Name = "client secret", Anchors = EntraClientSecret.Prefixes(),
                Page = "https://learn.microsoft.com/entra/identity-platform/how-to-add-credentials",
            },
            new AzureDevOpsToken
            {
                Vendor = "Azure DevOps", Name = "personal access token",
                Anchors = Literals("VssSessionToken", "ADO_PAT", "AZURE_DEVOPS_PAT", "AZURE_DEVOPS_EXT_PAT", "ClearTextPassword", "SYSTEM_ACCESSTOKEN", "EXTERNAL_FEED_ENDPOINTS", "dev.azure.com", "visualstudio.com"),
                Page = "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate",
            },
            new GitLabRoutableToken
            {
                Vendor = "GitLab", Name = "routable token", Page = "https://docs.gitlab.com/security/tokens/#token-prefixes",
                Anchors = Literals("glpat-", "gldt-", "glrt-", "glrtr-", "glptt-", "glcbt-", "glft-", "glimt-", "glagent-", "glsoat-", "gloas-", ".01."),
            },
            new AtlassianToken
            {
                Vendor = "Atlassian", Name = "API token", Anchors = Literals("ATATT3", "ATCTT3", "ATSTT3"),
                Page = "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
            },
            new HexChecksumToken
            {
                Vendor = "Grafana", Name = "service account token", Anchors = Literals("glsa_"), Random = 32, Separator = "_", OverPrefix = true, LowestFirst = true,
                Page = "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
            },
            new HexChecksumToken
            {
                Vendor = "Zuplo", Name = "API key", Anchors = Literals("zpka_"), Random = 32, Separator = "_",
                Page = "https://zuplo.com/docs/articles/api-key-leak-detection",
            },
            Cloudflare("global API key", "cfk_"),
            Cloudflare("user API token", "cfut_"),
            Cloudflare("account API token", "cfat_"),
            new ConfluentSecret
            {
                Vendor = "Confluent", Name = "API secret", Anchors = Literals("cflt"),
                Page = "https://docs.confluent.io/cloud/current/client-apps/api-keys.html",
            },
            new AgeSecretKey
            {
                Vendor = "age", Name = "secret key", Anchors = Literals("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"),
                Page = "https://github.com/C2SP/C2SP/blob/main/age.md",
            },
            new AwsKeyPair
            {
                Vendor = "AWS", Name = "secret access key", Anchors = Literals("AKIA", "ASIA", "ABIA", "ACCA"),
                Page = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
            },
            new NuGetKeyV4
            {
                Vendor = "NuGet", Name = "API key", Anchors = NuGetKeyV4.Prefixes(),
                Page = "https://learn.microsoft.com/nuget/nuget-org/publish-a-package#create-an-api-key",
            },
            new PyPiToken
            {
                Vendor = "PyPI", Name = "API token", Anchors = Literals("pypi-AgEI", "pypi-AgEN"),
                Page = "https://github.com/pypi/warehouse/blob/main/docs/user/api/secrets.md",
            },
            new JsonWebToken
            {
                Vendor = "signed", Name = "JSON Web Token", Anchors = JsonWebToken.Prefixes(),
                Page = "https://www.rfc-editor.org/rfc/rfc7519",
            },
        ];

        private static GitHubClassicToken Vercel(string name, string prefix) => new()
        {
            Vendor = "Vercel", Name = name, Anchors = Literals(prefix), Random = 50, Otherwise = TokenProof.Structured,
            Page = "https://vercel.com/changelog/new-token-formats-and-secret-scanning",
        };

        private static HexChecksumToken Cloudflare(string name, string prefix) => new()
        {
            Vendor = "Cloudflare", Name = name, Anchors = Literals(prefix), Random = 40, Separator = "", Otherwise = TokenProof.Structured,
            Page = "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats",
        };
    }
}
