namespace Fluxgate;

/// <summary>Runs a script on the engine and on the reference, and compares all observable values after every step.</summary>
internal sealed class ModelRun
{
    private readonly Faults _faults = new();
    private readonly IReadOnlyList<Plan> _plans;
    private readonly Coverage _visits;
    private readonly Subject _engine;
    private readonly Reference _reference;
    private readonly List<(Subject.Call Engine, Reference.Call Reference)> _hanging = [];

    // One step of time: a tick, or a millisecond with timers, which have no finer resolution.
    private readonly TimeSpan _instant;
    private int _received;

    private ModelRun(IReadOnlyList<Plan> plans, Coverage visits)
    {
        (_plans, _visits) = (plans, visits);
        _instant = plans.Any(used => used.HasTimer) ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromTicks(1);
        var plan = plans[0];
        if (plan.BrokenFromTheStart is { } point)
        {
            _faults.Break(point);
        }

        _engine = new(plan, _faults);
        _reference = new(plan, _instant, _faults, _engine.Time.GetUtcNow(), visits);
    }

    public static void Play(Script script, Coverage visits)
    {
        var rehearsal = new ModelRun(script.Plans, visits);
        rehearsal.Compare("at the start");
        for (var i = 0; i < script.Commands.Count; i++)
        {
            visits.Count("steps");
            var step = $"at step {i + 1}: {script.Commands[i]}";
            rehearsal.Do(script.Commands[i], step);
            rehearsal.Compare(step);
        }

        rehearsal.CompareTransitions();
    }

    private void Do(Command command, string step)
    {
        switch (command)
        {
            case Command.Run run:
                if (Begin(run.InPipeline, step) is { } begun)
                {
                    End(begun, run.Ending, run.Milliseconds ?? 0, step);
                }

                break;
            case Command.Begin begin:
                if (Begin(begin.InPipeline, step) is { } hanging)
                {
                    _hanging.Add(hanging);
                }

                break;
            case Command.Finish finish when _hanging.Count > 0:
                var which = finish.Which % _hanging.Count;
                var call = _hanging[which];
                _hanging.RemoveAt(which);
                End(call, finish.Ending, finish.Milliseconds, step);
                break;
            case Command.Wait wait:
                Pass(wait.Time);
                break;
            case Command.WaitUntil wait when _reference.Next(wait.DueTime) + (wait.Instants * _instant) is { } until:
                _visits.Count($"{wait.DueTime} {wait.Instants:+0;-0;0}");
                Pass(until > _reference.Now ? until - _reference.Now : TimeSpan.Zero);
                break;
            case Command.WallClockJumps jump:
                _engine.Time.JumpWallClock(jump.By);
                _reference.WallClockJumps(jump.By);
                break;
            case Command.ByHand byHand:
                var signal = _engine.ByHand(byHand.To, "by hand");
                Same("signal returned", _reference.ByHand(byHand.To), signal is null ? null : ObservedState.Of(signal), step);
                break;
            case Command.TripFor trip:
                var (breakFor, onlyPhase) = (TimeSpan.FromMilliseconds(trip.Milliseconds), _reference.Number + trip.Phase);
                var tripped = _engine.Breaker.TripFor(breakFor, "for a time", onlyPhase, trip.Kind);
                Same(
                    "signal returned",
                    _reference.TripFor(breakFor, onlyPhase, trip.Kind),
                    tripped is null ? null : ObservedState.Of(tripped),
                    step
                );
                break;
            case Command.Reconfigure reconfigure:
                var plan = _plans[reconfigure.Which % _plans.Count];
                var changes = _engine.Reconfigure(plan);
                Same("changes returned", string.Join("; ", _reference.Reconfigure(plan)), string.Join("; ", changes), step);
                break;
            case Command.Break @break:
                _faults.Break(@break.Point);
                break;
            case Command.MendAll:
                _faults.MendAll();
                break;
        }
    }

    private (Subject.Call Engine, Reference.Call Reference)? Begin(bool inPipeline, string step)
    {
        var (engine, reference) = (_engine.Begin(inPipeline), _reference.Admit());
        Same("admitted", reference is not null, engine is not null, step);
        if (inPipeline && engine is null)
        {
            Same("state in the rejection", _reference.State, _engine.Rejection!.State, step);
            Same("RetryAfter in the rejection", _reference.RetryAfter, _engine.Rejection.RetryAfter, step);
        }

        return engine is not null && reference is not null ? (engine, reference) : null;
    }

    private void End((Subject.Call Engine, Reference.Call Reference) call, Ending ending, int? milliseconds, string step)
    {
        _visits.Count($"{ending} {(call.Engine.IsInPipeline ? "in a pipeline" : "without one")}");
        TimeSpan? duration = milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : null;
        var (shown, signal) = call.Engine.End(ending, duration);
        if (ending == Ending.PredicateThrows && call.Engine.IsInPipeline)
        {
            _reference.PredicateFailed(call.Reference);
        }

        var verdict = ending == Ending.IsCanceled ? _reference.Abandon(call.Reference) : Script.VerdictOn(ending);
        var caused = _reference.Settle(call.Reference, verdict, call.Engine.AcceptsDuration(ending) ? duration : null);
        if (shown)
        {
            Same("signal returned", caused, signal is null ? null : ObservedState.Of(signal), step);
        }
    }

    private void Pass(TimeSpan time)
    {
        _engine.Time.Advance(time);
        _reference.Pass(time);
    }

    private void Compare(string step)
    {
        var (expected, actual) = (_reference.Observe(), ObservedState.Of(_engine.Breaker));
        for (var i = 0; i < ObservedState.Names.Length; i++)
        {
            Same(ObservedState.Names[i], expected[i], actual[i], step);
        }

        for (; _received < Math.Max(_reference.Events.Count, _engine.Events.Count); _received++)
        {
            Same("events received", _reference.Events.ElementAtOrDefault(_received), _engine.Events.ElementAtOrDefault(_received), step);
        }
    }

    private void CompareTransitions()
    {
        var snapshot = _engine.Breaker.Snapshot();
        var states = Enum.GetValues<BreakerState>();
        foreach (var (from, to) in states.SelectMany(from => states.Select(to => (from, to))))
        {
            Same($"transitions from {from} to {to}", _reference.Transitions(from, to), snapshot.Transitions(from, to), "at the end");
        }
    }

    private static void Same<T>(string what, T expected, T actual, string step)
    {
        if (!Equals(expected, actual))
        {
            throw new DifferenceException($"{what} should be {Text(expected)}, but the engine says {Text(actual)}, {step}");
        }

        static string Text(T value) => value?.ToString() ?? "null";
    }
}

/// <summary>The engine and the reference differ.</summary>
internal sealed class DifferenceException(string message) : Exception(message);
