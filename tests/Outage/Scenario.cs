using Fluxgate;

namespace Outage;

/// <summary>Two acts that cause every kind of failure. After each, nothing changes any more and the program can be scraped.</summary>
internal sealed class Scenario(Circuits circuits)
{
    /// <summary>The number of keys of the group, and so of its places.</summary>
    public const int Tenants = 40;

    private (Call, Admission) _late;

    public void First()
    {
        circuits.Payments.Succeed(30);
        _late = circuits.Payments.Begin();
        circuits.Payments.Fail(20);
        Probe(circuits.Inventory, times: 8);
        CallAtAllSpeeds(circuits.Search);
        circuits.Shadow.Succeed(20);
        circuits.Shadow.Abandon(TimeSpan.FromSeconds(1));
        circuits.Shadow.Abandon(TimeSpan.FromSeconds(6));
        circuits.Shadow.Fail(10);
        Flap(circuits.Flapping, times: 2);
        circuits.Stuck.Fail(4);
        circuits.Stuck.WaitForTheBreak();
        circuits.Stuck.Succeed(8);
        circuits.Maintenance.Succeed(5);
        circuits.FailingPredicate.Succeed(10);
        circuits.FailingPredicate.FailInPredicate(1);
        circuits.Hostile.Succeed(3);
        TripAndReset(circuits.SlowListener, times: 5);
        FillTheGroup(circuits.Tenants);
    }

    public void Second()
    {
        circuits.Payments.Fail(10);
        circuits.Payments.WaitForTheBreak();
        circuits.Payments.Fail(2);
        circuits.Payments.SucceedAsStale(_late);
        circuits.Payments.WaitForTheBreak();
        circuits.Payments.Succeed(20);
        Probe(circuits.Inventory, times: 8);
        circuits.Inventory.Fail(2);
        CallAtAllSpeeds(circuits.Search);
        circuits.Search.Fail(1);
        circuits.Search.Begin();
        circuits.Search.Begin();
        circuits.Search.Wait(TimeSpan.FromSeconds(90));
        circuits.Shadow.Fail(20);
        circuits.Legacy.Breaker.TryAdmit(out var unseen);
        circuits.Legacy.Breaker.Settle(unseen!, Verdict.Failure);
        Flap(circuits.Flapping, times: 2);
        circuits.Stuck.Succeed(8);
        circuits.Stuck.Begin();
        circuits.Maintenance.Succeed(5);
        circuits.Maintenance.Breaker.ForceOpen("the dependency is being moved");
        circuits.Maintenance.Fail(7);
        circuits.FailingPredicate.FailInPredicate(2);
        circuits.Hostile.Succeed(3);
        TripAndReset(circuits.SlowListener, times: 5);
        FailForSomeKeys(circuits.Tenants);
    }

    /// <summary>Calls the circuits of all keys, after one that is evicted.</summary>
    private static void FillTheGroup(CircuitGroup group)
    {
        group.Succeed("guest", 3);
        group.WaitForEviction();
        for (var i = 0; i < Tenants; i++)
        {
            group.Succeed(Tenant(i), 2 + (i % 8));
        }

        // All are closed, so the first ones have series.
        group.Shown.AddRange(Enumerable.Range(0, 12).Select(Tenant));
    }

    /// <summary>Opens the circuits of eight keys and the shared one, and leaves one half-open.</summary>
    private static void FailForSomeKeys(CircuitGroup group)
    {
        for (var i = 24; i < 32; i++)
        {
            group.Fail(Tenant(i), 40 + i);
        }

        group.SucceedWithInvalidKey(3);
        group.SucceedWithoutKey(2);
        group.FailWithoutPlace("newcomer", 15);
        group.WaitForTheBreak();
        group.Begin(Tenant(31));
        group.Begin(Tenant(0));
        group.Shown.RemoveRange(4, 8);
        group.Shown.AddRange(Enumerable.Range(24, 8).Select(Tenant));
    }

    private static string Tenant(int number) => $"tenant-{number:00}";

    /// <summary>Opens and probes repeatedly and never closes.</summary>
    private static void Probe(Circuit circuit, int times)
    {
        for (var i = 0; i < times; i++)
        {
            circuit.Fail(12);
            circuit.WaitForTheBreak();
        }
    }

    private static void CallAtAllSpeeds(Circuit circuit)
    {
        // A fast call before each, so that never all calls in the window are slow.
        for (var milliseconds = 1.0; milliseconds < 8_000; milliseconds *= 1.4)
        {
            circuit.Succeed(1);
            circuit.Succeed(TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    private static void Flap(Circuit circuit, int times)
    {
        for (var i = 0; i < times; i++)
        {
            circuit.Succeed(100);
            circuit.Fail(10);
            circuit.WaitForTheBreak();
            circuit.Succeed(2);
        }
    }

    private static void TripAndReset(Circuit circuit, int times)
    {
        for (var i = 0; i < times; i++)
        {
            circuit.Breaker.Trip();
            circuit.Breaker.Reset();
        }
    }
}
