using System.Buffers;
using System.Globalization;

namespace Fluxgate;

/// <summary>Reads the words, numbers and signs of a rule from left to right. Its exceptions give the column, what was expected and what was found.</summary>
internal sealed class RuleReader
{
    private const int MostCharacters = 32_768;

    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay),
        ("h", TimeSpan.TicksPerHour),
        ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond),
        ("ms", TimeSpan.TicksPerMillisecond),
    ];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private readonly string _text;
    private readonly Dictionary<string, int> _arguments = new(StringComparer.Ordinal);
    private int _start;
    private int _end;

    public RuleReader(string text)
    {
        _text =
            text.Length <= MostCharacters
                ? text
                : throw new FormatException(
                    $"The text must have at most {RuleText.Number(MostCharacters)} characters, but has {RuleText.Number(text.Length)}."
                );
        Next();
    }

    /// <summary>Gets the position of the next token.</summary>
    public int Position => _start;

    private ReadOnlySpan<char> Token => _text.AsSpan(_start, _end - _start);

    public FormatException Expected(string what) =>
        At(_start, $"expected {what}, but found {(Token.IsEmpty ? "the end" : $"'{OneLine.Excerpt(Token)}'")}.");

    public FormatException At(int position, string problem, Exception? cause = null) => new($"{Place(position)}: {problem}", cause);

    /// <summary>Creates the exception for an invalid argument of a part, such as a ratio out of range, with the column of that argument.</summary>
    public FormatException Invalid(int position, ArgumentException problem) =>
        At(_arguments.GetValueOrDefault(problem.ParamName ?? "", position), OneLine.MessageOf(problem), problem);

    public bool TrySign(string sign)
    {
        if (!Token.SequenceEqual(sign))
        {
            return false;
        }

        Next();
        return true;
    }

    /// <summary>Reads a required sign.</summary>
    /// <param name="sign">The sign.</param>
    /// <param name="more">The rest of the message: the alternatives to the sign, or what follows it.</param>
    public void Sign(string sign, string more = "")
    {
        if (!TrySign(sign))
        {
            throw Expected($"'{sign}'{more}");
        }
    }

    public void End(string alternatives)
    {
        if (!Token.IsEmpty)
        {
            throw Expected(alternatives);
        }
    }

    public bool TryWord(out string word)
    {
        word = Token is [var first, ..] && char.IsAsciiLetter(first) ? Token.ToString() : "";
        if (word.Length == 0)
        {
            return false;
        }

        Next();
        return true;
    }

    /// <summary>Reads the name of a named argument such as <c>max 10m</c> or <c>jitter 10%</c>, if it is next.</summary>
    public bool TryName(string name)
    {
        if (!Token.Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        Next();
        return true;
    }

    /// <summary>Reads arguments in brackets, and creates the part from them.</summary>
    public TPart Bracketed<T, TPart>(Func<T> read, Func<T, TPart> make)
    {
        Sign("(");
        var arguments = read();
        Sign(")");
        return make(arguments);
    }

    /// <summary>Reads a whole number.</summary>
    /// <param name="name">The parameter of the factory that takes the number. It maps an exception of the factory to the column.</param>
    public int Count(string name = "count")
    {
        if (int.TryParse(Token, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return Take(name, count);
        }

        throw Expected(
            Token.IsEmpty || Token.ContainsAnyExceptInRange('0', '9')
                ? "a whole number such as 20"
                : $"a whole number of at most {RuleText.Number(int.MaxValue)}"
        );
    }

    /// <summary>Reads a ratio, after a required sign if one is given.</summary>
    public double Ratio(string name = "ratio", string after = "")
    {
        const string Expectation = "a ratio such as 50% or 0.5";
        ReadSign(after, Expectation);
        if (
            Token is [.. var percent, '%']
            && decimal.TryParse(percent.TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hundredths)
        )
        {
            return Take(name, (double)(hundredths / 100));
        }

        return TryNumber(Token, out var ratio) ? Take(name, ratio) : throw Expected(Expectation);
    }

    public double Multiplier(string expectation) =>
        Token is ['x' or 'X', .. var number] && TryNumber(number, out var multiplier)
            ? Take("multiplier", multiplier)
            : throw Expected(expectation);

    /// <summary>Reads a duration, after a required sign if one is given.</summary>
    public TimeSpan Duration(string name = "duration", string after = "")
    {
        const string Expectation = "a duration such as 250ms, 1s or 2m";
        ReadSign(after, Expectation);
        var digits = Token.LastIndexOfAnyInRange('0', '9') + 1;
        var unit = Token[digits..].TrimStart();
        foreach (var (known, ticks) in Units)
        {
            if (
                unit.Equals(known, StringComparison.OrdinalIgnoreCase)
                && decimal.TryParse(Token[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
            {
                return number <= (decimal)long.MaxValue / ticks
                    ? Take(name, TimeSpan.FromTicks((long)(number * ticks)))
                    : throw Expected($"a duration of at most {RuleText.Number(TimeSpan.MaxValue.Days)}d");
            }
        }

        throw Expected(Expectation);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);

    private void ReadSign(string sign, string expectation)
    {
        if (sign.Length > 0)
        {
            Sign(sign, $" and {expectation}");
        }
    }

    private T Take<T>(string name, T value)
    {
        _arguments[name] = _start;
        Next();
        return value;
    }

    private string Place(int position)
    {
        var before = _text.AsSpan(0, position);
        var column = RuleText.Number(position - before.LastIndexOf('\n'));
        return _text.Contains('\n', StringComparison.Ordinal)
            ? $"Line {RuleText.Number(before.Count('\n') + 1)}, column {column}"
            : $"Column {column}";
    }

    private void Next()
    {
        _start = AfterSpace(_end);
        _end = _start;
        if (_start == _text.Length)
        {
            return;
        }

        if (_text.AsSpan(_start).StartsWith("->"))
        {
            _end += 2;
        }
        else if (IsPartOfWord(_end))
        {
            _end = AfterWord(_end);
            AppendUnit();
        }
        else
        {
            _end += _end + 1 < _text.Length && char.IsSurrogatePair(_text[_end], _text[_end + 1]) ? 2 : 1;
        }
    }

    // 50 % and 1 s are valid too.
    private void AppendUnit()
    {
        var unit = AfterSpace(_end);
        if (unit == _end || Token.ContainsAnyExcept(NumberCharacters))
        {
            return;
        }

        var end = AfterWord(unit);
        var word = _text[unit..end];
        if (word == "%" || Array.Exists(Units, known => known.Unit.Equals(word, StringComparison.OrdinalIgnoreCase)))
        {
            _end = end;
        }
    }

    private int AfterSpace(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at]))
        {
            at++;
        }

        return at;
    }

    private int AfterWord(int at)
    {
        while (at < _text.Length && IsPartOfWord(at))
        {
            at++;
        }

        return at;
    }

    // A number includes its unit and the sign of its exponent: 250ms, 50%, 1E-05, x1E+20.
    private bool IsPartOfWord(int at) =>
        char.IsAsciiLetterOrDigit(_text[at])
        || _text[at] is '.' or '%' or '_'
        || (_text[at] is '-' or '+' && at - _start >= 2 && _text[at - 1] is 'e' or 'E' && char.IsAsciiDigit(_text[at - 2]));
}
