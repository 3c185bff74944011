using System.Diagnostics;
using Microsoft.Coyote;
using Microsoft.Coyote.Logging;
using Microsoft.Coyote.SystematicTesting;

namespace Fluxgate.Worlds;

/// <summary>Runs a world on one schedule after another until its time is up or its invariant does not hold.</summary>
/// <remarks>
/// Schedules run in batches, each with its own seed, so that repeating a failure takes no longer than a batch. Threads switch at
/// operations on <see cref="Interlocked"/> and <see cref="Volatile"/>, at locks and at tasks.
/// </remarks>
/// <param name="limit">How long to explore a world.</param>
internal sealed class Explorer(TimeSpan limit)
{
    private const uint SchedulesOfABatch = 25;

    /// <summary>The time alone is not enough on a busy machine: each strategy runs at least once.</summary>
    private const uint FewestSchedules = 8 * SchedulesOfABatch;
    private const uint MostSteps = 2_000;
    private const uint HungAfterMilliseconds = 20_000;

    /// <summary>
    /// The strategies, one of which a seed selects. No strategy finds every fault: one that needs one long interruption is found within 20
    /// schedules by few changes of priority and not within 700 random ones, and for another fault it is the reverse.
    /// </summary>
    private static readonly Func<Configuration, Configuration>[] Strategies =
    [
        configuration => configuration.WithRandomStrategy(),
        configuration => configuration.WithProbabilisticStrategy(2),
        configuration => configuration.WithPrioritizationStrategy(isFair: true, priorityChangeBound: 2),
        configuration => configuration.WithPrioritizationStrategy(isFair: true, priorityChangeBound: 4),
        configuration => configuration.WithPrioritizationStrategy(isFair: true, priorityChangeBound: 10),
        configuration => configuration.WithDelayBoundingStrategy(isFair: true, delayBound: 2),
        configuration => configuration.WithDelayBoundingStrategy(isFair: true, delayBound: 10),
        // Threads switch at reads and writes of fields too.
        configuration =>
            configuration.WithMemoryAccessRaceCheckingEnabled().WithPrioritizationStrategy(isFair: true, priorityChangeBound: 4),
    ];

    /// <summary>Calls that the exploration need not control: no thread switches there, or the world waits for the result.</summary>
    private static readonly string[] Harmless = ["System.Threading.ExecutionContext.", "System.Threading.Tasks.Task.WaitAsync"];

    /// <summary>Explores a world.</summary>
    /// <param name="world">The world.</param>
    /// <param name="seed">The seed of the first batch; those of the others follow from it.</param>
    public Exploration Explore(World world, uint seed)
    {
        // One-time initialization of the process takes steps that only the first schedule would have.
        Play(world, seed: 0, schedules: 1);

        var watch = Stopwatch.StartNew();
        var schedules = 0L;
        while (true)
        {
            var (played, failure) = Play(world, seed, SchedulesOfABatch);
            schedules += played;
            if (failure is not null || (watch.Elapsed >= limit && schedules >= FewestSchedules))
            {
                return new(schedules, watch.Elapsed, failure);
            }

            seed = Next(seed);
        }
    }

    /// <summary>Explores the canaries, which break on some schedule if threads switch where they should.</summary>
    /// <returns>The names of those that did not break.</returns>
    public static IReadOnlyList<string> SilentCanaries() =>
        [.. World.Canaries().Where(canary => Play(canary, seed: 0, SchedulesOfABatch).Failure is null).Select(canary => canary.Name)];

    private static (int Played, Failure? Failure) Play(World world, uint seed, uint schedules)
    {
        var configuration = Strategies[seed % Strategies.Length]
            (Configuration.Create())
            .WithRandomGeneratorSeed(seed)
            .WithTestingIterations(schedules)
            .WithMaxSchedulingSteps(MostSteps)
            .WithFailureOnMaxStepsBoundEnabled()
            .WithDeadlockTimeout(HungAfterMilliseconds)
            .WithAtomicOperationRaceCheckingEnabled()
            .WithVolatileOperationRaceCheckingEnabled()
            .WithLockAccessRaceCheckingEnabled()
            .WithTraceAnalysisEnabled(false)
            .WithTelemetryEnabled(false);

        Story? last = null;
        var played = 0;
        using var engine = TestingEngine.Create(
            configuration,
            () =>
            {
                played++;
                last = new();
                last.Play(world);
            }
        );
        engine.SetLogger(new TextWriterLogger(TextWriter.Null, VerbosityLevel.None));
        engine.Run();

        var report = engine.TestReport;
        var message =
            report.NumOfFoundBugs > 0 ? last!.Failure ?? report.BugReports.First().Split('\n')[0]
            : report.InternalErrors.FirstOrDefault() is { } error ? $"The exploration failed: {error}"
            : report.UncontrolledInvocations.FirstOrDefault(call => !Array.Exists(Harmless, call.StartsWith)) is { } call
                ? $"{call} runs uncontrolled. Add it to StandIns."
            : null;
        return (played, message is null ? null : new(seed, played, message, [.. last!.Lines]));
    }

    /// <summary>SplitMix32, so that neighbouring seeds give unrelated sequences; the strategies take turns.</summary>
    private static uint Next(uint seed)
    {
        var z = seed + 0x9E3779B9;
        z = (z ^ (z >> 16)) * 0x21F0AAAD;
        z = (z ^ (z >> 15)) * 0x735A2D97;
        z ^= z >> 15;
        var strategies = (uint)Strategies.Length;
        return z - (z % strategies) + ((seed + 1) % strategies);
    }
}
