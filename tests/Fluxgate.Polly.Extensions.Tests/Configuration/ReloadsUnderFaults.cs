using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

/// <summary>Checks that changed configurations come into force although loggers and exceptions of users throw.</summary>
public sealed class ReloadsUnderFaults : IDisposable
{
    private const string Before = "\"orders\": {}, \"payments\": { \"Tripper\": \"FailureStreak(5)\" }";
    private const string After = "\"orders\": { \"ProbeLease\": \"9s\" }, \"payments\": { \"Tripper\": \"FailureStreak(3)\" }";
    private const string Invalid = "\"orders\": {}, \"payments\": { \"Tripper\": \"FailureStrek(3)\" }";

    private readonly FaultyLog _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_log_that_throws_once_does_not_end_the_reloads()
    {
        using var world = World();
        _log.Throws = true;
        world.Become(Invalid);
        Assert.NotNull(world.Breakers.GetConfigurationError("payments"));

        _log.Throws = false;
        world.Become(After);

        AssertInForce(world);
    }

    [Fact]
    public void A_log_that_throws_rejects_no_settings()
    {
        using var world = World();
        _log.Throws = true;
        world.Become(After);

        AssertInForce(world);
    }

    [Fact]
    public void A_log_of_a_listener_that_throws_rejects_no_settings()
    {
        using var world = World(services => services.AddFluxgateListener(new LogListener(_log)));
        _log.Throws = true;
        world.Become(After);

        AssertInForce(world);
    }

    [Fact]
    public void An_exception_whose_message_throws_rejects_the_settings_of_one_breaker()
    {
        var throws = false;
        using var world = World(services =>
            services.PostConfigure<FluxgateBreakerSettings>(
                "orders",
                _ =>
                {
                    if (throws)
                    {
                        throw new FaultyException();
                    }
                }
            )
        );
        throws = true;
        world.Become(After);

        Assert.Equal("FailureStreak(3)", world.RuleOf("payments"));
        Assert.Equal(nameof(FaultyException), world.Breakers.GetConfigurationError("orders"));
    }

    private ConfigurationWorld World(Action<IServiceCollection>? more = null) =>
        new(
            Before,
            services =>
            {
                services.AddLogging(logging => logging.AddProvider(_log));
                more?.Invoke(services);
            }
        );

    private static void AssertInForce(ConfigurationWorld world)
    {
        var inForce = world.Services.GetRequiredService<IOptionsMonitor<FluxgateBreakerSettings>>();
        Assert.Equal(("FailureStreak(3)", "FailureStreak(3)"), (world.RuleOf("payments"), inForce.Get("payments").Tripper.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(9), world.Breakers["orders"].CopySettings().ProbeLease);
        Assert.Empty(world.Breakers.ConfigurationErrors);
    }

    private sealed class FaultyException : Exception
    {
        public override string Message => throw new InvalidOperationException("no message");
    }

    private sealed class FaultyLog : ILoggerProvider, ILogger<LogListener>
    {
        public bool Throws { get; set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => Throws ? throw new InvalidOperationException("no level") : true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (Throws)
            {
                throw new InvalidOperationException("disk full");
            }
        }

        public void Dispose() { }
    }
}
