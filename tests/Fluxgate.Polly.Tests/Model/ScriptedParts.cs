namespace Fluxgate;

// Custom parts that fail on request.

internal sealed class ScriptedTripper(int failures, Faults faults) : Tripper
{
    public override Tripper Start()
    {
        faults.At(FaultPoint.TripperStart);
        return this;
    }

    public override bool Fires(in TripperContext reading)
    {
        faults.At(FaultPoint.TripperFires);
        return reading.Failures >= failures;
    }

    public override Finding Explain(in TripperContext reading)
    {
        faults.At(FaultPoint.TripperExplains);
        return base.Explain(reading);
    }

    public override string ToString() => $"ScriptedTripper({failures})";
}

internal sealed class ScriptedPermit(Faults faults) : Permit
{
    public override Permit Start()
    {
        faults.At(FaultPoint.PermitStart);
        return this;
    }

    public override bool Admits(in PermitContext context)
    {
        faults.At(FaultPoint.PermitAdmits);
        return context.Attempts % 3 != 0;
    }

    public override string ToString() => "ScriptedPermit";
}

internal sealed class ScriptedRecovery(int successes, Faults faults) : Recovery
{
    public override Recovery Start()
    {
        faults.At(FaultPoint.RecoveryStart);
        return this;
    }

    public override bool IsComplete(in RecoveryContext context)
    {
        faults.At(FaultPoint.RecoveryIsOver);
        return context.ConsecutiveSuccesses >= successes;
    }

    public override string ToString() => $"ScriptedRecovery({successes})";
}

internal sealed class ScriptedBreak(TimeSpan duration, Faults faults) : BreakDuration
{
    public override TimeSpan Next(in BreakDurationContext context)
    {
        faults.At(FaultPoint.BreakThrows);
        return faults.Has(FaultPoint.BreakNotPositive) ? TimeSpan.Zero : duration;
    }

    public override string ToString() => $"ScriptedBreak({duration.TotalMilliseconds}ms)";
}

internal sealed class ScriptedWindow(Window inner, Faults faults) : Window
{
    public override WindowState Start(WindowContext context)
    {
        faults.At(FaultPoint.WindowStart);
        return new State(inner.Start(context), faults);
    }

    public override string ToString() => $"ScriptedWindow({inner})";

    private sealed class State(WindowState inner, Faults faults) : WindowState
    {
        public override void Record(in CallCounts call)
        {
            faults.At(FaultPoint.WindowRecord);
            inner.Record(call);
        }

        public override CallCounts Read()
        {
            faults.At(FaultPoint.WindowRead);
            return inner.Read();
        }
    }
}
