using Fluxgate;

namespace Outage;

/// <summary>Two acts that cause every kind of failure. After each, nothing changes any more and the program can be scraped.</summary>
internal sealed class Scenario(Circuits circuits)
{
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
    }

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
