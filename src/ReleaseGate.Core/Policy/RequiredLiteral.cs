using System.Text;

namespace ReleaseGate.Policy;

/// <summary>Finds the longest text that evidently stands in every match of a regular expression. Cautious: where it is not sure, there is none.</summary>
internal static class RequiredLiteral
{
    /// <summary>The text; null where there is none.</summary>
    /// <param name="regex">A valid expression.</param>
    public static string? Of(string regex)
    {
        // Options inside may change what a blank or a '#' means.
        if (regex.Contains("(?", StringComparison.Ordinal)) return null;
        string? best = null;
        var run = new StringBuilder();
        for (var at = 0; at < regex.Length;)
        {
            var c = regex[at];
            switch (c)
            {
                case '|':
                    // At the top: either side may match without the other.
                    return null;
                case '(':
                    End();
                    at = AfterGroup(regex, at);
                    continue;
                case '[':
                    End();
                    at = AfterClass(regex, at);
                    continue;
                case '?' or '*' or '+' or '{':
                    // What stands before it may be missing.
                    if (run.Length > 0) run.Length--;
                    End();
                    at++;
                    while (c == '{' && at < regex.Length && (char.IsAsciiDigit(regex[at]) || regex[at] == ',')) at++;
                    continue;
                case '.' or '^' or '$' or ')' or ']' or '}':
                    End();
                    at++;
                    continue;
                case '\\' when at + 1 < regex.Length && !char.IsAsciiLetterOrDigit(regex[at + 1]):
                    run.Append(regex[at + 1]);
                    at += 2;
                    continue;
                case '\\' when at + 1 < regex.Length && "dDwWsSbBtnrfvae".Contains(regex[at + 1], StringComparison.Ordinal):
                    End();
                    at += 2;
                    continue;
                case '\\':
                    // \x41, \p{L}, \k<name>, \1: how far it goes is not worth knowing.
                    return null;
                default:
                    run.Append(c);
                    at++;
                    continue;
            }
        }

        End();
        return best;

        void End()
        {
            if (run.Length > 0 && char.IsHighSurrogate(run[^1])) run.Length--;
            if (run.Length > (best?.Length ?? 0)) best = run.ToString();
            run.Clear();
        }
    }

    private static int AfterGroup(string regex, int at)
    {
        for (var depth = 0; at < regex.Length; at++)
        {
            if (regex[at] == '\\') at++;
            else if (regex[at] == '[') at = AfterClass(regex, at) - 1;
            else if (regex[at] == '(') depth++;
            else if (regex[at] == ')' && --depth == 0) return at + 1;
        }

        return regex.Length;
    }

    private static int AfterClass(string regex, int at)
    {
        // A "]" right behind "[" or "[^" is a character.
        at += at + 1 < regex.Length && regex[at + 1] == '^' ? 3 : 2;
        for (; at < regex.Length; at++)
        {
            if (regex[at] == '\\') at++;
            else if (regex[at] == ']') return at + 1;
        }

        return regex.Length;
    }
}
