using Fluxgate;

namespace Outage;

/// <summary>A few seconds in which everything goes wrong that can. When it is over, nothing moves any more.</summary>
internal static class Scenario
{
    // Longer than the break, so that the next call is a probe.
    private static readonly TimeSpan AfterTheBreak = Circuits.Break + TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(Circuits circuits) =>
        await Task.WhenAll(
            PaymentsAsync(circuits.Payments),
            InventoryAsync(circuits.Inventory),
            SearchAsync(circuits.Search),
            FlapAsync(circuits.Flapping),
            StickAsync(circuits.Stuck),
            Task.Run(() => TheOthers(circuits))
        );

    private static async Task PaymentsAsync(Circuit payments)
    {
        payments.Succeed(30);
        payments.Breaker.TryAdmit(out var late);
        payments.Fail(20);
        payments.Fail(10);
        await Task.Delay(AfterTheBreak);
        payments.Fail(2);

        // Comes back when its phase is long over: it counts, and decides nothing.
        payments.Breaker.Settle(late!, Verdict.Success);
        payments.Tally.Successes++;
        payments.Tally.Stale++;
        await Task.Delay(AfterTheBreak);
        payments.Succeed(20);
    }

    /// <summary>Probes for as long as alerts need: open, half-open, open, and never closed.</summary>
    private static async Task InventoryAsync(Circuit inventory)
    {
        for (var i = 0; i < 16; i++)
        {
            inventory.Fail(12);
            await Task.Delay(AfterTheBreak);
        }

        inventory.Fail(2);
    }

    private static async Task SearchAsync(Circuit search)
    {
        for (var i = 0; i < 30; i++)
        {
            // A fast one beside each, so that not all are slow on a machine where everything is.
            search.Succeed(1);
            await search.SucceedSlowlyAsync(TimeSpan.FromMilliseconds(i));
        }

        search.Fail(1);
        for (var i = 0; i < 2; i++)
        {
            search.Breaker.TryAdmit(out _);
            search.Tally.InFlight++;
        }
    }

    private static async Task FlapAsync(Circuit flapping)
    {
        for (var i = 0; i < 4; i++)
        {
            flapping.Succeed(100);
            flapping.Fail(10);
            await Task.Delay(AfterTheBreak);
            flapping.Succeed(2);
        }
    }

    private static async Task StickAsync(Circuit stuck)
    {
        stuck.Fail(4);
        for (var i = 0; i < 16; i++)
        {
            await Task.Delay(AfterTheBreak);
            stuck.Succeed(3);
        }
    }

    private static void TheOthers(Circuits circuits)
    {
        circuits.Shadow.Succeed(20);
        circuits.Shadow.Fail(30);
        circuits.Legacy.Breaker.TryAdmit(out var unseen);
        circuits.Legacy.Breaker.Settle(unseen!, Verdict.Failure);
        circuits.Maintenance.Succeed(5);
        circuits.Maintenance.Breaker.ForceOpen("the dependency is being moved");
        circuits.Maintenance.Fail(7);
        circuits.Confused.Succeed(10);
        circuits.Confused.Confuse(3);
        circuits.Hostile.Succeed(3);
        for (var i = 0; i < 10; i++)
        {
            circuits.Deaf.Breaker.Trip();
            circuits.Deaf.Breaker.Reset();
        }
    }
}
