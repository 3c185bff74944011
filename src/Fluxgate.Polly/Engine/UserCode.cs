namespace Fluxgate;

/// <summary>
/// Runs the parts of a phase, which users may have written. An exception is counted and reported, and a fallback value keeps the circuit
/// working (rule 8). Never called under a lock.
/// </summary>
internal readonly struct UserCode(StateMachine machine)
{
    /// <summary>The number of sources of errors.</summary>
    public static readonly int Sources = Enum.GetValues<UserErrorSource>().Length;

    /// <summary>Calls a callback.</summary>
    /// <returns>The result, or <see langword="null"/> if the callback throws.</returns>
    public TResult? Call<T, TResult>(Func<T, TResult?> callback, T argument, UserErrorSource source)
        where TResult : struct
    {
        try
        {
            return callback(argument);
        }
        catch (Exception error)
        {
            ReportError(source, error);
            return null;
        }
    }

    /// <summary>Starts a part for a phase.</summary>
    /// <returns>The started part, or <see langword="null"/> if starting it throws.</returns>
    public T? Start<TPart, T>(TPart part, Func<TPart, T> start, UserErrorSource source)
        where T : class
    {
        try
        {
            return start(part) ?? throw new InvalidOperationException($"Start of {part} returned null.");
        }
        catch (Exception error)
        {
            ReportError(source, error);
            return null;
        }
    }

    /// <summary>Starts a part for a reconfigured phase. A part that has not changed keeps its state.</summary>
    public T? Continue<T>(T? started, T? before, T part, Func<T, T> start, UserErrorSource source)
        where T : class => started is not null && before is not null && Rules.AreSame(before, part) ? started : Start(part, start, source);

    /// <summary>Returns a part as text, or the name of its type if that throws.</summary>
    public static string TextOf(object part)
    {
        try
        {
            return part.ToString() ?? part.GetType().Name;
        }
        catch (Exception)
        {
            return part.GetType().Name;
        }
    }

    /// <summary>Returns a part as text, or the name of its type if that throws. The error is counted and reported.</summary>
    public string TextOf(object part, UserErrorSource source)
    {
        try
        {
            return part.ToString() ?? part.GetType().Name;
        }
        catch (Exception error)
        {
            ReportError(source, error);
            return part.GetType().Name;
        }
    }

    /// <summary>Reports the exceptions that a user's tripper threw when the rules were created.</summary>
    public void ReportErrorsOf(Rules rules)
    {
        foreach (var error in rules.Errors)
        {
            ReportError(UserErrorSource.Tripper, error);
        }
    }

    /// <summary>Starts a user's window for a phase.</summary>
    public UserWindow StartWindow(Phase phase)
    {
        var context = new WindowContext(phase.State, machine.Clock.Provider, phase.Rules.SlowThresholds);
        return new(phase.Ledger, Start(phase.Rules.Window, window => window.Start(context), UserErrorSource.Window), this);
    }

    public bool Fires(Tripper tripper, in TripperContext context)
    {
        try
        {
            return tripper.Fires(context);
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Tripper, error);
            return false;
        }
    }

    public Reason Explain(Tripper tripper, in TripperContext context)
    {
        try
        {
            var findings = new List<Finding>();
            return new(ReasonKind.Tripped, tripper.Describe(context, findings), findings);
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Tripper, error);
            return new(ReasonKind.Tripped, $"{tripper.GetType().Name} fired, and failed to explain why");
        }
    }

    public bool IsComplete(Recovery? recovery, in RecoveryContext context)
    {
        try
        {
            return recovery is not null && recovery.IsComplete(context);
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Recovery, error);
            return false;
        }
    }

    /// <summary>Evaluates the permit.</summary>
    /// <returns>The result of the permit, or <see langword="null"/> if it throws: one probe at a time is then admitted.</returns>
    public bool? Admits(Permit? permit, in PermitContext context)
    {
        try
        {
            return permit?.Admits(context);
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Permit, error);
            return null;
        }
    }

    public TimeSpan BreakFor(Rules rules, long reopens, Reason reason)
    {
        try
        {
            var duration = rules.BreakDuration.Next(new(reopens, reason, rules.RandomSource));
            if (duration > TimeSpan.Zero || (duration == TimeSpan.Zero && rules.BreakDuration.MayBeZero))
            {
                return duration;
            }

            throw new InvalidOperationException(
                $"A break duration must be greater than zero, but {rules.BreakDuration} returned {duration}."
            );
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.BreakDuration, error);
            return FluxgateDefaults.BreakFor;
        }
    }

    /// <summary>Returns the default break duration, and reports that another call has been drawing the duration for too long.</summary>
    public TimeSpan DefaultBreakAfterTimeout(Rules rules)
    {
        FailedToReturn(UserErrorSource.BreakDuration, rules.BreakDuration.GetType().Name);
        return FluxgateDefaults.BreakFor;
    }

    /// <summary>Asks the probe gate of an open circuit whose break has ended.</summary>
    /// <returns>The time after which to ask again; <see langword="null"/> if probing may begin, also if the gate fails.</returns>
    public TimeSpan? CallProbeGate(OpenPhase phase)
    {
        try
        {
            var openFor = machine.Clock.Between(phase.StartedAt, machine.Clock.Now);
            var (group, key) = (machine.Membership?.GroupName, machine.Membership?.Key);
            var wait = phase.Rules.ProbeGate!(new(machine.Name, openFor, phase.History.Reopens, group, key, phase.Reason));
            return wait is null || (wait > TimeSpan.Zero && wait <= FluxgateDefaults.LongestPostponement)
                ? wait
                : throw new InvalidOperationException(
                    $"ProbeGate must return null, or a time greater than zero and at most {RuleText.Duration(FluxgateDefaults.LongestPostponement)}, but returned {wait}."
                );
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.ProbeGate, error);
            return null;
        }
    }

    /// <summary>Reports that another thread has been asking the probe gate for too long.</summary>
    public void ReportHangingGate() => FailedToReturn(UserErrorSource.ProbeGate, nameof(Rules.ProbeGate));

    public void Record(WindowState? window, in CallCounts call)
    {
        try
        {
            window?.Record(call);
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Window, error);
        }
    }

    public CallCounts Read(WindowState? window)
    {
        try
        {
            return window is null ? default : window.Read();
        }
        catch (Exception error)
        {
            ReportError(UserErrorSource.Window, error);
            return default;
        }
    }

    /// <summary>Counts an error. It also raises a notice, unless a listener caused the error.</summary>
    public void ReportError(UserErrorSource source, Exception error) => ReportError(source, error, ListenerCall.IsInside);

    /// <summary>
    /// Counts an error of a listener. An error while a listener receives an error raises no notice, because otherwise each notice could
    /// cause the next one.
    /// </summary>
    public void ReportListenerError(Exception error, object? message) =>
        ReportError(UserErrorSource.Listener, error, silent: message is UserErrorNotice);

    /// <summary>Counts an error of the time provider. It raises no notice, because a notice needs the time.</summary>
    public void ReportClockError(Exception error) => ReportError(UserErrorSource.Clock, error, silent: true);

    private void FailedToReturn(UserErrorSource source, string code) =>
        ReportError(source, new TimeoutException($"{code} has not returned for {RuleText.Duration(FluxgateDefaults.UserCodePatience)}."));

    private void ReportError(UserErrorSource source, Exception error, bool silent)
    {
        machine.Totals.AddError(source);
        if (!silent)
        {
            machine.Notify((name, now) => new UserErrorNotice(name, now, source, error));
        }
    }
}
