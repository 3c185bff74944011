namespace Fluxgate;

public sealed class HostileNames
{
    private readonly PrometheusMetrics _metrics = new();

    internal static IReadOnlyList<string> All { get; } =
    [
        "a\"b",
        "\\",
        "ends with a backslash\\",
        "\\n is not a new line",
        "two\nlines",
        "\r\n\t\0\u0001",
        "\"} 1\ncircuit_breaker_state{circuit_name=\"forged",
        "{},=# HELP",
        " ",
        "größe, 支払い, платежи",
        "😀 \U0001F4B3",
        "\u2028\u2029\u0085\uFEFF",
        new string('"', 256),
        new string('支', 256),
    ];

    public static TheoryData<string> Names => [.. All];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_escaped_name_parses_back_to_itself(string name)
    {
        var world = new World(new() { Listeners = { new PrometheusListener(_metrics) } }, name);
        world.Breaker.Trip();

        var page = Page.Of(_metrics);

        Assert.Equal([name], page.Circuits);
        Assert.Equal(["open"], page.CurrentStates(name));
        GC.KeepAlive(world);
    }

    [Fact]
    public void Lone_surrogates_are_replaced_and_equal_results_share_their_series()
    {
        var listener = new PrometheusListener(_metrics);
        var first = new World(new() { Listeners = { listener } }, "a\uD83D");
        var second = new World(new() { Listeners = { listener } }, "a\uDE00");
        first.Breaker.Trip();
        second.Breaker.Trip();

        var page = Page.Of(_metrics);

        Assert.Equal(["a\uFFFD"], page.Circuits);
        Assert.Equal(2, page.Transitions("a\uFFFD", "closed", "open"));
        GC.KeepAlive((first, second));
    }
}
