using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ReleaseGate.Policy;

/// <summary>
/// An SPDX licence expression: licences joined by <c>AND</c>, <c>OR</c>, <c>WITH</c>, <c>+</c> and parentheses. Identifiers are held to their grammar, not to the list of
/// licences; case does not count in them, operators are all upper or all lower case.
/// </summary>
/// <remarks>https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/</remarks>
public abstract record LicenseExpression
{
    /// <summary>The most characters an expression may have.</summary>
    public const int MaximumLength = 8_000;

    /// <summary>The deepest that parentheses may stand in each other.</summary>
    public const int DeepestParentheses = 32;

    private LicenseExpression() { }

    /// <summary>The licences that are refused, where not enough of them are accepted: with <c>OR</c> one has to be, with <c>AND</c> each. Empty where the expression is accepted.</summary>
    /// <param name="accepts">Whether a single licence is accepted.</param>
    public abstract IReadOnlyList<License> Refused(Func<License, bool> accepts);

    /// <summary>Reads an expression. Never throws.</summary>
    /// <param name="text">The text, whatever it is.</param>
    /// <param name="expression">What it says.</param>
    /// <param name="error">What is wrong with it, with the place; begins in lower case, has no full stop; holds nothing of the text.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out LicenseExpression? expression, [NotNullWhen(false)] out string? error)
    {
        expression = null;
        if (text.Length > MaximumLength)
        {
            error = $"it has more than {MaximumLength} characters";
            return false;
        }

        var parser = new Parser(text);
        expression = parser.All();
        error = parser.Error;
        if (error is not null) expression = null;
        return expression is not null;
    }

    /// <summary>A single licence.</summary>
    /// <param name="Id">Its identifier as written, e.g. <c>MIT</c>, <c>LicenseRef-Acme</c>, <c>DocumentRef-x:LicenseRef-y</c>; without <c>+</c>.</param>
    /// <param name="OrLater">Whether a <c>+</c> follows: this version of the licence or a later one.</param>
    /// <param name="Exception">The identifier behind <c>WITH</c>, or null.</param>
    public sealed record License(string Id, bool OrLater = false, string? Exception = null) : LicenseExpression
    {
        private const string Reference = "LicenseRef-";

        /// <summary>Whether it is no licence of the SPDX list but one that its user defines.</summary>
        public bool IsReference => Id.StartsWith(Reference, StringComparison.OrdinalIgnoreCase) || Id.Contains(':', StringComparison.Ordinal);

        /// <inheritdoc/>
        public override IReadOnlyList<License> Refused(Func<License, bool> accepts) => accepts(this) ? [] : [this];

        /// <summary>Whether accepting this licence accepts another: the same one, of a version or later, or with an exception, which permits more.</summary>
        public bool Covers(License other)
        {
            var (own, ownLater) = Split();
            var (its, itsLater) = other.Split();
            return own.Equals(its, StringComparison.OrdinalIgnoreCase) && (!ownLater || itsLater) && (Exception is null || Exception.Equals(other.Exception, StringComparison.OrdinalIgnoreCase));
        }

        /// <inheritdoc/>
        public override string ToString() => $"{Id}{(OrLater ? "+" : "")}{(Exception is null ? "" : " WITH " + Exception)}";

        // GPL-2.0 and GPL-2.0+ are the older names of GPL-2.0-only and GPL-2.0-or-later.
        private (string Family, bool OrLater) Split()
        {
            const string Only = "-only", Later = "-or-later";
            if (Id.EndsWith(Later, StringComparison.OrdinalIgnoreCase)) return (Id[..^Later.Length], true);
            return (Id.EndsWith(Only, StringComparison.OrdinalIgnoreCase) ? Id[..^Only.Length] : Id, OrLater);
        }
    }

    /// <summary>Several, all of which apply or of which one may be chosen.</summary>
    /// <param name="IsChoice">Whether they are joined by <c>OR</c>, otherwise by <c>AND</c>.</param>
    /// <param name="Operands">At least two.</param>
    public sealed record Joined(bool IsChoice, IReadOnlyList<LicenseExpression> Operands) : LicenseExpression
    {
        /// <inheritdoc/>
        public override IReadOnlyList<License> Refused(Func<License, bool> accepts)
        {
            var all = new List<License>();
            foreach (var operand in Operands)
            {
                var refused = operand.Refused(accepts);
                if (IsChoice && refused.Count == 0) return [];
                foreach (var license in refused)
                    if (!all.Contains(license)) all.Add(license);
            }

            return all;
        }

        /// <inheritdoc/>
        public bool Equals(Joined? other)
        {
            if (other is null || other.IsChoice != IsChoice || other.Operands.Count != Operands.Count) return false;
            for (var i = 0; i < Operands.Count; i++)
                if (!Operands[i].Equals(other.Operands[i])) return false;
            return true;
        }

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(IsChoice, Operands.Count, Operands[0]);

        /// <inheritdoc/>
        public override string ToString()
        {
            var text = new StringBuilder();
            foreach (var operand in Operands)
            {
                if (text.Length > 0) text.Append(IsChoice ? " OR " : " AND ");
                // AND inside of OR needs none; what is joined alike was in parentheses when it was read.
                if (operand is Joined inner && (inner.IsChoice || !IsChoice)) text.Append('(').Append(inner).Append(')');
                else text.Append(operand);
            }

            return text.ToString();
        }
    }

    private ref struct Parser(string text)
    {
        private readonly string _text = text;
        private int _at;

        public string? Error { get; private set; }

        public LicenseExpression? All()
        {
            var all = Choice(0);
            if (Error is not null) return null;
            SkipBlanks();
            return _at == _text.Length ? all : Fail(_text[_at] == ')' ? "this ')' closes nothing" : "AND, OR or the end is missing");
        }

        private LicenseExpression? Choice(int depth) => Sequence(depth, isChoice: true);

        private LicenseExpression? Sequence(int depth, bool isChoice)
        {
            List<LicenseExpression>? several = null;
            LicenseExpression? first = null;
            do
            {
                // AND binds closer than OR.
                var operand = isChoice ? Sequence(depth, isChoice: false) : Single(depth);
                if (operand is null) return null;
                if (first is null) first = operand;
                else (several ??= [first]).Add(operand);
            }
            while (TakeWord(isChoice ? "OR" : "AND"));
            return several is null ? first : new Joined(isChoice, several);
        }

        private LicenseExpression? Single(int depth)
        {
            SkipBlanks();
            if (_at < _text.Length && _text[_at] == '(')
            {
                if (depth == DeepestParentheses) return Fail($"parentheses stand in each other at most {DeepestParentheses} deep");
                _at++;
                var inner = Choice(depth + 1);
                if (inner is null) return null;
                SkipBlanks();
                if (_at == _text.Length || _text[_at] != ')') return Fail("')', AND or OR is missing");
                _at++;
                return inner;
            }

            var start = _at;
            var id = Identifier();
            if (id.Length == 0) return Fail("a licence identifier is missing");
            if (IsOperator(id))
            {
                _at = start;
                return Fail("a licence identifier is missing before the operator");
            }

            if (_at < _text.Length && _text[_at] == ':')
            {
                _at++;
                var reference = Identifier();
                if (!IsReference(id, "DocumentRef-") || !IsReference(reference, "LicenseRef-"))
                {
                    _at = start;
                    return Fail("only DocumentRef-… and LicenseRef-… are joined by ':'");
                }

                id = $"{id}:{reference}";
            }

            var orLater = _at < _text.Length && _text[_at] == '+';
            if (orLater) _at++;
            if (!TakeWord("WITH")) return new License(id, orLater);
            SkipBlanks();
            var exception = Identifier();
            return exception.Length == 0 || IsOperator(exception) ? Fail("the identifier of an exception is missing behind WITH") : new License(id, orLater, exception);
        }

        private static bool IsReference(string id, string prefix) => id.Length > prefix.Length && id.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

        private static bool IsOperator(string word) => word is "AND" or "OR" or "WITH" or "and" or "or" or "with";

        private string Identifier()
        {
            var start = _at;
            while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '-' or '.')) _at++;
            return _text[start.._at];
        }

        private bool TakeWord(string word)
        {
            var start = _at;
            SkipBlanks();
            var found = Identifier();
            if (found.Equals(word, StringComparison.OrdinalIgnoreCase) && IsOperator(found)) return true;
            _at = start;
            return false;
        }

        private void SkipBlanks()
        {
            while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n') _at++;
        }

        private LicenseExpression? Fail(string what)
        {
            Error ??= $"{what}, at character {_at + 1}";
            return null;
        }
    }
}
