using FsCheck;
using FsCheck.Fluent;

namespace Fluxgate;

public sealed class RandomRuleTexts
{
    private const string Signs = "()&|,->%.x \n\t";

    private static readonly Gen<string> Pieces = Gen.OneOf(
        Gen.Elements(
            "FailureRate",
            "SlowRate",
            "Closed",
            "All",
            "RampUp",
            "AfterProbes",
            "Time",
            "Backoff",
            "max",
            "jitter",
            "NaN",
            "Infinity"
        ),
        Gen.Elements(
            "50%",
            "1s",
            "250ms",
            "x2",
            "0",
            "1e999",
            "-1",
            "99999999999999999999999999999999",
            "1E",
            "0x10",
            "%",
            "ms",
            "٣",
            "５"
        ),
        Gen.Elements([.. Signs.Select(sign => sign.ToString())]),
        Gen.Choose(0, char.MaxValue).Select(code => ((char)code).ToString()),
        Gen.Elements("\ud83d\ude00", "\ud83d", "\u202e", "\0", "\u0130", "ı")
    );

    private static readonly Gen<string> Garbage = Pieces.ArrayOf().Select(string.Concat);

    [Fact]
    public void Random_text_parses_or_throws_FormatException() =>
        Assert.All(Language.All, language => RandomParts.ForAll(Garbage, text => ReadOrRefused(language, text)));

    [Fact]
    public void A_rule_with_an_error_parses_or_throws_FormatException() =>
        Assert.All(
            Language.All,
            language =>
                RandomParts.ForAll(
                    language.Texts.Zip(Pieces.Zip(Gen.Choose(0, int.MaxValue).Two())),
                    pair => ReadOrRefused(language, Mutated(pair.Item1, pair.Item2.Item1, pair.Item2.Item2.Item1, pair.Item2.Item2.Item2))
                )
        );

    [Fact]
    public void A_text_of_another_kind_of_part_parses_or_throws_FormatException() =>
        Assert.All(
            Language.All,
            language => Assert.All(Language.All, other => RandomParts.ForAll(other.Texts, text => ReadOrRefused(language, text)))
        );

    [Fact]
    public void Every_prefix_of_a_rule_parses_or_is_refused()
    {
        const string Rule = "FailureStreak(5) | (MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s)))";
        var read = Enumerable.Range(0, Rule.Length).Where(length => Tripper.TryParse(Rule[..length], out _, out _));
        Assert.Equal(["FailureStreak(5)".Length, "FailureStreak(5) ".Length], read);
    }

    [Fact]
    public void A_null_text_throws()
    {
        Assert.All(
            Language.All,
            language => Assert.Equal("text", Assert.Throws<ArgumentNullException>(() => language.Parse(null!)).ParamName)
        );
        Assert.All(Language.All, language => Assert.Equal((false, null, "text must not be null."), language.TryParse(null)));
    }

    private static void ReadOrRefused(Language language, string text)
    {
        var (read, part, error) = language.TryParse(text);
        if (read)
        {
            Assert.Null(error);
            Assert.Equal(part!.ToString(), language.Parse(text).ToString());
            Assert.Equal(part.ToString(), language.Parse(part.ToString()!).ToString());
        }
        else
        {
            Assert.Equal(error, language.Refuses(text));
            Assert.Matches("^(Line [0-9]+, c|C)olumn [0-9]+: .+[.]$", error);
            Assert.DoesNotContain("(Parameter", error, StringComparison.Ordinal);
            Assert.InRange(error!.Length, 20, 400);
        }
    }

    private static string Mutated(string text, string piece, int kind, int place)
    {
        var at = place % text.Length;
        return (kind % 5) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, piece),
            2 => text[..at] + piece + text[(at + 1)..],
            3 => text[..at],
            _ => text[..at] + text[(at / 2)..],
        };
    }
}
