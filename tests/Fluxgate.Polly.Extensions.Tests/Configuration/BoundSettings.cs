using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Checks settings that the reflection binder of .NET reads: <c>Configure(name, section)</c> and <c>section.Get</c>.</summary>
public sealed class BoundSettings
{
    private static readonly Dictionary<string, string?> All = new(StringComparer.Ordinal)
    {
        ["Window"] = "Time(60s, 20)",
        ["Tripper"] = "FailureStreak(5) | MinRequests(20) & (FailureRate(50%) | SlowRate(30%, 1s))",
        ["BreakDuration"] = "Backoff(10s, x2, max 10m, jitter 10%)",
        ["Permit"] = "Random(20%) & MaxConcurrent(5)",
        ["Recovery"] = "After(20s)",
        ["ProbeLease"] = "00:00:20",
        ["AbandonedAfter"] = "00:00:07",
        ["ProbeWithoutTraffic"] = "true",
        ["InitialState"] = "MetricsOnly",
        ["ListenerQueueCapacity"] = "64",
        ["ListenerFlushTimeout"] = "00:00:02",
    };

    [Fact]
    public void Get_binds_every_setting()
    {
        var settings = Section(All).Get<FluxgateBreakerSettings>()!;
        AssertAll(settings);
        foreach (var property in typeof(FluxgateBreakerSettings).GetProperties().Where(property => property.CanWrite))
        {
            Assert.True(All.ContainsKey(property.Name) || property.Name is "Listeners" or "ProbeGate" or "Randomizer", property.Name);
        }
    }

    [Fact]
    public void Bind_keeps_settings_without_a_key()
    {
        var settings = new FluxgateBreakerSettings { Window = Window.Count(7) };
        Section(new(StringComparer.Ordinal) { ["Tripper"] = "FailureStreak(3)" }).Bind(settings);
        Assert.Equal(("Count(7)", "FailureStreak(3)"), (settings.Window.ToString(), settings.Tripper.ToString()));
    }

    [Fact]
    public void Configure_binds_the_settings_of_the_breaker_of_that_name()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate().AddBreaker("payments").AddBreaker("orders");
            services.Configure<FluxgateBreakerSettings>("payments", Section(All));
        });
        AssertAll(services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments"));
        var payments = services.Breakers()["payments"];
        Assert.Equal(All["Tripper"], payments.Snapshot().Rule);
        Assert.Equal(BreakerState.MetricsOnly, payments.State);
        Assert.Equal("MinRequests(100) & FailureRate(50%)", services.Breakers()["orders"].Snapshot().Rule);
    }

    [Fact]
    public void Configure_adds_no_breaker()
    {
        using var services = DiContainer.Of(services =>
        {
            services.AddFluxgate();
            services.Configure<FluxgateBreakerSettings>("payments", Section(All));
        });
        Assert.Empty(services.Breakers().Names);
        AssertAll(services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments"));
    }

    [Theory]
    [InlineData("Window", "Tme(5s)", "Column 1: 'Tme' is not a known window. Did you mean Time?")]
    [InlineData("Tripper", "MinRequests(20) & FailureStrek(5)", "Column 19: 'FailureStrek' is not a known tripper")]
    [InlineData("Tripper", "", "Column 1: expected a tripper such as MinRequests, or '(', but found the end.")]
    [InlineData("BreakDuration", "Fixed(-1s)", "Column 7: ")]
    [InlineData("Permit", "Random(120%)", "Column 8: ")]
    [InlineData("Recovery", "AfterProbes(x)", "Column 13: ")]
    public void A_part_that_cannot_be_parsed_throws_with_path_and_cause(string key, string text, string message)
    {
        var section = Section(new(StringComparer.Ordinal) { [key] = text });
        var error = Assert.Throws<InvalidOperationException>(() => section.Get<FluxgateBreakerSettings>());
        Assert.Contains($"'payments:{key}'", error.Message, StringComparison.Ordinal);
        var cause = Assert.IsType<FormatException>(error.InnerException);
        Assert.StartsWith(message, cause.Message, StringComparison.Ordinal);
    }

    // The binder reads these itself: it rejects keys that only AddFluxgate(section) supports, and ignores nothing silently.
    [Theory]
    [InlineData("ProbeLease", "10s")]
    [InlineData("ListenerFlushTimeout", "250ms")]
    [InlineData("ProbeWithoutTraffic", "yes")]
    [InlineData("ListenerQueueCapacity", "many")]
    [InlineData("InitialState", "half-open")]
    public void A_value_that_the_binder_cannot_convert_throws(string key, string text)
    {
        var section = Section(new(StringComparer.Ordinal) { [key] = text });
        var error = Assert.Throws<InvalidOperationException>(() => section.Get<FluxgateBreakerSettings>());
        Assert.Contains($"'payments:{key}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics_only", BreakerState.MetricsOnly)]
    [InlineData("half_open", BreakerState.HalfOpen)]
    [InlineData("HalfOpen", BreakerState.HalfOpen)]
    [InlineData("forcedopen", BreakerState.ForcedOpen)]
    public void States_are_bound_as_in_metrics_or_as_in_code(string text, BreakerState state) =>
        Assert.Equal(state, Section(new(StringComparer.Ordinal) { ["InitialState"] = text }).Get<FluxgateBreakerSettings>()!.InitialState);

    [Fact]
    public void A_change_reconfigures_the_breaker()
    {
        var json = new ConfigJson("""{ "payments": { "Tripper": "FailureStreak(5)" } }""");
        using var services = DiContainer.Of(services =>
        {
            services.AddLogging();
            services.AddFluxgate().AddBreaker("payments");
            services.Configure<FluxgateBreakerSettings>("payments", json.Root.GetSection("payments"));
        });
        var breaker = services.Breakers()["payments"];
        json.Become("""{ "payments": { "Tripper": "FailureStreak(4)" } }""");
        Assert.Equal("FailureStreak(4)", breaker.Snapshot().Rule);
        json.Become("""{ "payments": { "Tripper": "FailureStrek(3)" } }""");
        Assert.Equal("FailureStreak(4)", breaker.Snapshot().Rule);
        Assert.Contains(
            "'FailureStrek' is not a known tripper",
            services.Breakers().GetConfigurationError("payments"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(typeof(Window), "Count(5)")]
    [InlineData(typeof(Tripper), "FailureStreak(3) & MinRequests(5)")]
    [InlineData(typeof(BreakDuration), "Fixed(1s)")]
    [InlineData(typeof(Permit), "Random(50%)")]
    [InlineData(typeof(Recovery), "WhenQuiet")]
    [InlineData(typeof(BreakerState), "MetricsOnly")]
    public void A_converter_writes_what_it_reads(Type type, string text)
    {
        var converter = TypeDescriptor.GetConverter(type);
        Assert.True(converter.CanConvertFrom(typeof(string)));
        Assert.False(converter.CanConvertFrom(typeof(int)));
        Assert.Equal(text, converter.ConvertToInvariantString(converter.ConvertFromInvariantString(text)!));
    }

    private static void AssertAll(FluxgateBreakerSettings settings)
    {
        Assert.Equal(Window.Parse(All["Window"]!).ToString(), settings.Window.ToString());
        Assert.Equal(All["Tripper"], settings.Tripper.ToString());
        Assert.Equal(All["BreakDuration"], settings.BreakDuration.ToString());
        Assert.Equal(All["Permit"], settings.Permit.ToString());
        Assert.Equal(All["Recovery"], settings.Recovery.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), settings.ProbeLease);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.AbandonedAfter);
        Assert.True(settings.ProbeWithoutTraffic);
        Assert.Equal(BreakerState.MetricsOnly, settings.InitialState);
        Assert.Equal(64, settings.ListenerQueueCapacity);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.ListenerFlushTimeout);
    }

    private static IConfigurationSection Section(Dictionary<string, string?> keys) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(keys.Select(key => new KeyValuePair<string, string?>($"payments:{key.Key}", key.Value)))
            .Build()
            .GetSection("payments");
}
