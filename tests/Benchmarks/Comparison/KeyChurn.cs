using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Fluxgate;

/// <summary>A group that receives a new key with every call: 100,000 a minute of virtual time, through 1,000 places.</summary>
internal static class KeyChurn
{
    private const int Minutes = 5;
    private const int KeysPerMinute = 100_000;
    private const int Batch = 100;

    /// <summary>Compares the heap after the last minute with the heap after the first.</summary>
    public static Sample Compare()
    {
        var time = new FakeTimeProvider();
        var settings = new FluxgateBreakerSettings { Listeners = { new PrometheusListener(new PrometheusMetrics()) } };
        var options = new BreakerGroupOptions { MaxBreakers = 1_000, IdleTimeout = TimeSpan.FromSeconds(1) };
        using var group = new BreakerGroup("tenants", settings, options, time);
        var pipeline = new ResiliencePipelineBuilder<int>().AddFluxgateBreaker(group, context => context.OperationKey).Build();
        var kilobytes = new double[Minutes];
        for (var minute = 0; minute < Minutes; minute++)
        {
            for (var key = 0; key < KeysPerMinute; key++)
            {
                Call(pipeline, $"tenant-{(minute * KeysPerMinute) + key:000000}");
                if (key % Batch == 0)
                {
                    time.Advance(TimeSpan.FromMinutes(1) * Batch / KeysPerMinute);
                }
            }

            kilobytes[minute] = GC.GetTotalMemory(forceFullCollection: true) / 1_024.0;
        }

        if (group.Snapshot().Requests != Minutes * KeysPerMinute)
        {
            throw new InvalidOperationException("The group has lost calls.");
        }

        return new(kilobytes[0], kilobytes[^1], kilobytes[^1] / kilobytes[0], kilobytes[0] * 1_024, kilobytes[^1] * 1_024);
    }

    private static void Call(ResiliencePipeline<int> pipeline, string key)
    {
        var context = ResilienceContextPool.Shared.Get(key);
        pipeline
            .ExecuteOutcomeAsync(static (_, _) => new ValueTask<Outcome<int>>(Outcome.FromResult(1)), context, 0)
            .GetAwaiter()
            .GetResult();
        ResilienceContextPool.Shared.Return(context);
    }
}
