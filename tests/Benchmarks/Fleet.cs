using System.Globalization;

namespace Fluxgate;

/// <summary>Breakers as a service has them: a rule with slow calls, durations, some traffic; one in ten is open and rejects.</summary>
internal static class Fleet
{
    private const int Calls = 40;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    public static FluxgateBreaker[] Of(int size, ICircuitListener listener) =>
        [.. Enumerable.Range(0, size).Select(number => Used(number, listener))];

    private static FluxgateBreaker Used(int number, ICircuitListener listener)
    {
        var breaker = new FluxgateBreaker(
            string.Create(CultureInfo.InvariantCulture, $"service-{number:0000}"),
            new()
            {
                Window = Window.Time(TimeSpan.FromMinutes(10)),
                Tripper = Tripper.MinRequests(20) & (Tripper.FailureRate(0.5) | Tripper.SlowRate(0.3, Slow)),
                BreakDuration = BreakDuration.Fixed(TimeSpan.FromDays(1)),
                Listeners = { listener },
            }
        );
        for (var call = 0; call < Calls + (number % 100); call++)
        {
            Call(breaker, (number + call) % 7 == 0 ? Verdict.Failure : Verdict.Success, TimeSpan.FromMilliseconds(1 + (call * 37 % 1100)));
        }

        if (number % 10 == 9)
        {
            while (breaker.State == BreakerState.Closed)
            {
                Call(breaker, Verdict.Failure, Slow);
            }

            for (var call = 0; call < Calls; call++)
            {
                breaker.TryAdmit(out _);
            }
        }

        return breaker;
    }

    private static void Call(FluxgateBreaker breaker, Verdict verdict, TimeSpan duration)
    {
        if (breaker.TryAdmit(out var admission))
        {
            breaker.Settle(admission, verdict, duration);
        }
    }
}
