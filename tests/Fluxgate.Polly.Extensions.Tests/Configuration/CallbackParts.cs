using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Checks that a reload keeps a part that does not change, also if a callback creates it again.</summary>
public sealed class CallbackParts
{
    [Fact]
    public void A_window_keeps_counting_over_unrelated_reloads()
    {
        using var world = World(settings => (settings.Window, settings.Tripper) = (new OwnWindow(), Tripper.MinRequests(10)));
        var breaker = world.Breakers["payments"];
        for (var call = 0; call < 10; call++)
        {
            breaker.Fail();
            world.Become($"\"payments\": {{}}, \"orders\": {{ \"ProbeLease\": \"{call + 1}s\" }}");
        }

        Assert.Equal(BreakerState.Open, breaker.State);
        Assert.Empty(Reconfigurations(world, "payments"));
    }

    [Fact]
    public void A_window_keeps_counting_when_another_setting_changes()
    {
        using var world = World(settings => (settings.Window, settings.Tripper) = (new OwnWindow(), Tripper.MinRequests(10)));
        world.Breakers["payments"].Fail(9);
        world.Become("\"payments\": { \"ProbeLease\": \"3s\" }");
        world.Breakers["payments"].Fail();
        Assert.Equal(BreakerState.Open, world.Breakers["payments"].State);
        Assert.EndsWith("was reconfigured: ProbeLease: 30s -> 3s", Assert.Single(Reconfigurations(world, "payments")));
    }

    [Fact]
    public void A_current_break_keeps_its_duration()
    {
        var draws = 0;
        using var world = World(settings => settings.BreakDuration = new OwnBreak(() => TimeSpan.FromSeconds(++draws * 10)));
        var breaker = world.Breakers["payments"];
        breaker.Trip();
        world.Become("\"payments\": {}, \"orders\": {}");
        Assert.Equal((1, TimeSpan.FromSeconds(10)), (draws, breaker.Snapshot().RetryAfter));
    }

    [Fact]
    public void Every_part_stays_the_same_object()
    {
        using var world = World(settings =>
        {
            settings.Window = new OwnWindow();
            settings.Tripper = Tripper.MinRequests(5) & new OwnTripper();
            settings.BreakDuration = new OwnBreak(() => TimeSpan.FromSeconds(1));
            settings.Permit = new OwnPermit() & Permit.All;
            settings.Recovery = new OwnRecovery();
            settings.Randomizer = new Random(1).NextDouble;
            settings.ProbeGate = new Lease(TimeSpan.FromSeconds(1)).Ask;
        });
        var before = InForce(world);
        world.Become("\"payments\": {}, \"orders\": {}");
        var now = InForce(world);
        Assert.NotSame(before, now);
        foreach (
            var property in typeof(FluxgateBreakerSettings)
                .GetProperties()
                .Where(property => property.CanWrite && IsPart(property.PropertyType))
        )
        {
            Assert.Same(property.GetValue(before), property.GetValue(now));
        }

        static bool IsPart(Type type) => type.IsAbstract || type.IsSubclassOf(typeof(Delegate));
    }

    [Fact]
    public void A_callback_that_creates_another_type_of_part_replaces_it()
    {
        var other = false;
        using var world = World(settings => settings.Window = other ? new TwinWindow() : new SizedWindow(5));
        other = true;
        world.Become("\"payments\": {}, \"orders\": {}");
        Assert.IsType<TwinWindow>(InForce(world).Window);
    }

    [Fact]
    public void A_callback_that_creates_a_part_with_another_text_replaces_it()
    {
        var size = 5;
        using var world = World(settings => settings.Window = new SizedWindow(size));
        var before = InForce(world).Window;
        world.Become("\"payments\": {}, \"orders\": {}");
        Assert.Same(before, InForce(world).Window);
        size = 6;
        world.Become("\"payments\": {}");
        Assert.Equal("Sized(6)", InForce(world).Window.ToString());
    }

    [Fact]
    public void A_part_created_from_the_configuration_follows_it()
    {
        using var world = new ConfigurationWorld(
            "\"payments\": { \"Window\": \"Count(30)\" }",
            services => services.AddFluxgate().AddBreaker("payments", settings => settings.Window = new WrappedWindow(settings.Window))
        );
        world.Become("\"payments\": { \"Window\": \"Count(40)\" }");
        Assert.Equal("Count(40)", Assert.IsType<WrappedWindow>(InForce(world).Window).Inner.ToString());
    }

    [Fact]
    public void Parts_of_defaults_and_options_in_code_are_kept()
    {
        using var world = new ConfigurationWorld(
            "\"payments\": {}",
            services =>
            {
                services.AddFluxgate().ConfigureDefaults(settings => settings.Window = new OwnWindow());
                services.Configure<FluxgateBreakerSettings>("payments", settings => settings.Recovery = new OwnRecovery());
                services.PostConfigure<FluxgateBreakerSettings>("payments", settings => settings.Permit = new OwnPermit());
            }
        );
        var before = InForce(world);
        world.Become("\"payments\": { \"ProbeLease\": \"3s\" }");
        var now = InForce(world);
        Assert.Same(before.Window, now.Window);
        Assert.Same(before.Recovery, now.Recovery);
        Assert.Same(before.Permit, now.Permit);
    }

    [Fact]
    public void A_part_whose_ToString_throws_does_not_prevent_a_reload()
    {
        using var world = new ConfigurationWorld(
            "\"payments\": { \"Window\": \"Count(30)\" }",
            services => services.AddFluxgate().AddBreaker("payments", settings => settings.Window = new MuteWindow())
        );
        world.Become("\"payments\": { \"Window\": \"Count(30)\", \"ProbeLease\": \"3s\" }");
        Assert.Equal(TimeSpan.FromSeconds(3), InForce(world).ProbeLease);
        Assert.Null(world.Breakers.GetConfigurationError("payments"));
    }

    private static ConfigurationWorld World(Action<FluxgateBreakerSettings> configure) =>
        new("\"payments\": {}", services => services.AddFluxgate().AddBreaker("payments", configure));

    private static FluxgateBreakerSettings InForce(ConfigurationWorld world) =>
        world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>().Get("payments");

    private static IEnumerable<string> Reconfigurations(ConfigurationWorld world, string name) =>
        world
            .Log.At(Microsoft.Extensions.Logging.LogLevel.Information)
            .Where(text => text.Contains($"'{name}' was reconfigured", StringComparison.Ordinal));

    private class OwnWindow : Window
    {
        public override WindowState Start(WindowContext context) => Count(100).Start(context);
    }

    private sealed class SizedWindow(int size) : OwnWindow
    {
        public override string ToString() => $"Sized({size})";
    }

    private sealed class TwinWindow : OwnWindow
    {
        public override string ToString() => "Sized(5)";
    }

    private sealed class WrappedWindow(Window inner) : OwnWindow
    {
        public Window Inner => inner;
    }

    private sealed class MuteWindow : OwnWindow
    {
        public override string ToString() => throw new NotSupportedException();
    }

    private sealed class OwnTripper : Tripper
    {
        public override bool Fires(in TripperContext reading) => false;
    }

    private sealed class OwnBreak(Func<TimeSpan> draw) : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => draw();
    }

    private sealed class OwnPermit : Permit
    {
        public override bool Admits(in PermitContext context) => true;
    }

    private sealed class OwnRecovery : Recovery
    {
        public override bool IsComplete(in RecoveryContext context) => true;
    }

    private sealed class Lease(TimeSpan wait)
    {
        public TimeSpan? Ask(ProbeGateContext _) => wait;
    }
}
