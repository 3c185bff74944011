namespace Fluxgate;

/// <summary>
/// The grammar of one kind of part: its words with their arguments, combined with <c>&amp;</c> and <c>|</c> if the kind has these operators.
/// <c>&amp;</c> has a higher precedence than <c>|</c>; brackets override it.
/// </summary>
/// <param name="kind">The kind of part, for messages, such as <c>tripper</c>.</param>
/// <param name="words">The words, which are case-insensitive, each with a function that reads the arguments and creates the part.</param>
/// <param name="both">Combines two parts with <c>&amp;</c>; <see langword="null"/> if the kind does not have it.</param>
/// <param name="either">Combines two parts with <c>|</c>; <see langword="null"/> if the kind does not have it.</param>
internal sealed class RuleGrammar<T>(
    string kind,
    Dictionary<string, Func<RuleReader, T>> words,
    Func<T, T, T>? both = null,
    Func<T, T, T>? either = null
)
    where T : class
{
    private readonly string _joiners = (both, either) switch
    {
        (null, null) => "",
        (_, null) => "'&' or ",
        _ => "'&', '|' or ",
    };

    /// <summary>Parses a part.</summary>
    public T Parse(string? text)
    {
        var reader = new RuleReader(Require.NotNull(text));
        var part = Either(reader, 0);
        reader.End($"{_joiners}the end");
        return part;
    }

    public bool TryParse(string? text, out T? part, out string? error)
    {
        if (text is null)
        {
            (part, error) = (null, "text must not be null.");
            return false;
        }

        try
        {
            (part, error) = (Parse(text), null);
            return true;
        }
        catch (FormatException problem)
        {
            (part, error) = (null, problem.Message);
            return false;
        }
    }

    private T Either(RuleReader reader, int depth)
    {
        var position = reader.Position;
        List<T> parts = [Both(reader, depth)];
        while (either is not null && reader.TrySign("|"))
        {
            parts.Add(Both(reader, depth));
        }

        return Joined(reader, position, parts, either);
    }

    private T Both(RuleReader reader, int depth)
    {
        var position = reader.Position;
        List<T> parts = [Single(reader, depth)];
        while (both is not null && reader.TrySign("&"))
        {
            parts.Add(Single(reader, depth));
        }

        return Joined(reader, position, parts, both);
    }

    private T Single(RuleReader reader, int depth)
    {
        var position = reader.Position;
        if (both is not null && reader.TrySign("("))
        {
            // The text is untrusted: its nesting must not exhaust the stack.
            if (depth == FluxgateDefaults.MaxDepth)
            {
                throw reader.At(position, $"brackets must be nested at most {RuleText.Number(FluxgateDefaults.MaxDepth)} deep.");
            }

            var inner = Either(reader, depth + 1);
            reader.Sign(")", either is null ? " or '&'" : ", '&' or '|'");
            return inner;
        }

        if (!reader.TryWord(out var word))
        {
            throw reader.Expected(
                both is null ? $"a {kind} such as {words.Keys.First()}" : $"a {kind} such as {words.Keys.First()}, or '('"
            );
        }

        if (!words.TryGetValue(word, out var make))
        {
            throw Unknown(reader, position, word);
        }

        try
        {
            return make(reader);
        }
        catch (ArgumentException problem)
        {
            throw reader.Invalid(position, problem);
        }
    }

    /// <summary>Combines a chain of parts by bisection, so that a long chain does not become a deeply nested rule.</summary>
    private static T Joined(RuleReader reader, int position, List<T> parts, Func<T, T, T>? join)
    {
        try
        {
            return Half(0, parts.Count);
        }
        catch (ArgumentException problem)
        {
            throw reader.Invalid(position, problem);
        }

        T Half(int from, int count) =>
            count == 1 ? parts[from] : join!(Half(from, count / 2), Half(from + (count / 2), count - (count / 2)));
    }

    private FormatException Unknown(RuleReader reader, int position, string word)
    {
        var hint = Closest.To(word, words.Keys) is { } closest ? $" Did you mean {closest}?" : "";
        return reader.At(
            position,
            $"'{OneLine.Excerpt(word)}' is not a known {kind}.{hint} Valid names: {string.Join(", ", words.Keys)}. A custom {kind} can only be used in code."
        );
    }
}
