namespace Fluxgate;

public sealed class HostileRuleTexts
{
    private const int SmallStack = 512 * 1024;

    [Fact]
    public void A_text_that_is_too_long_is_refused_unread()
    {
        Assert.All(
            [
                new string('(', 100_000),
                new string('&', 100_000),
                string.Join('&', Enumerable.Repeat("Closed", 100_000)),
                new string('x', 1 << 20),
            ],
            text =>
                Assert.All(
                    Language.All,
                    // The least of several rounds: the first one may also allocate caches.
                    language => Assert.InRange(Enumerable.Range(0, 3).Min(_ => BytesOfRefusing(language, text)), 0, 50_000)
                )
        );

        static long BytesOfRefusing(Language language, string text)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal($"The text must have at most 32768 characters, but has {text.Length}.", language.Refuses(text));
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Theory]
    [InlineData('(', "Column 501: brackets must be nested at most 500 deep.")]
    [InlineData('&', "Column 1: expected a tripper such as MinRequests, or '(', but found '&'.")]
    [InlineData('|', "Column 1: expected a tripper such as MinRequests, or '(', but found '|'.")]
    [InlineData(' ', "Column 32769: expected a tripper such as MinRequests, or '(', but found the end.")]
    [InlineData('7', "Column 1: expected a tripper such as MinRequests, or '(', but found '7777777777777777777777777777777777777777…'.")]
    public void A_text_of_the_maximum_length_is_refused_at_its_error(char hostile, string message) =>
        Assert.Equal(message, Language.All[0].Refuses(new string(hostile, 32_768)));

    [Fact]
    public void A_long_word_is_truncated_in_the_message() =>
        Assert.StartsWith(
            "Column 1: 'FailureRateFailureRateFailureRateFailure…' is not a known tripper. Valid names: MinRequests,",
            Language.All[0].Refuses(string.Concat(Enumerable.Repeat("FailureRate", 2900))),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_long_chain_parses_to_a_balanced_rule()
    {
        var rule = Tripper.Parse(string.Join('&', Enumerable.Repeat("Closed", 4096)));
        Assert.Equal((4096, 13), (rule.Leaves.Count(), rule.Depth));
    }

    [Fact]
    public void Rules_nested_to_the_limit_and_beyond_fit_a_small_stack()
    {
        string? read = null,
            bracketed = null,
            refused = null;
        var thread = new Thread(
            () =>
            {
                read = Tripper.Parse(Nested(249)).ToString();
                bracketed = Tripper.Parse(new string('(', 500) + "Closed" + new string(')', 500)).ToString();
                refused = Assert.Throws<FormatException>(() => Tripper.Parse(Nested(250))).Message;
            },
            SmallStack
        );
        thread.Start();
        thread.Join();

        Assert.Equal((Nested(249), "Closed"), (read, bracketed));
        Assert.EndsWith("A rule must be nested at most 500 deep, but is nested 501 deep.", refused, StringComparison.Ordinal);
    }

    /// <summary>Nests two levels each time: an <c>|</c> in brackets within an <c>&amp;</c>.</summary>
    private static string Nested(int times) =>
        string.Concat(Enumerable.Repeat("Closed & (Closed | ", times)) + "Closed & Closed" + new string(')', times);
}
