namespace Fluxgate;

/// <content>What the parts return, and the defaults when they throw (8).</content>
internal sealed partial class Reference
{
    private bool _hasWindow;
    private bool _hasTripper;
    private bool _hasPermit;
    private bool _hasRecovery;

    private bool Measures => _plan.Rule.Leaves.Any(leaf => leaf is RuleSpec.SlowRate or RuleSpec.AvgLatency);

    private IEnumerable<TimeSpan> SlowThresholds => ThresholdsOf(_plan.Rule);

    private bool Records => State is BreakerState.Closed or BreakerState.MetricsOnly or BreakerState.HalfOpen;

    /// <summary>Gets how long a ramp delays recovery (4).</summary>
    private TimeSpan Ramp => _plan.Permit.Leaves.OfType<PermitSpec.RampUp>().Select(leaf => leaf.Duration).DefaultIfEmpty().Max();

    private void StartParts()
    {
        var probes = State == BreakerState.HalfOpen;
        _hasWindow = Records && StartsWindow();
        _hasTripper = Records && StartsTripper();
        _hasPermit = probes && StartsPermit();
        _hasRecovery = probes && StartsRecovery();
    }

    private bool StartsWindow() => Starts(_plan.Window is WindowSpec.Own, FaultPoint.WindowStart, UserErrorSource.Window);

    private bool StartsTripper() =>
        Starts(_plan.Rule.Leaves.Any(leaf => leaf is RuleSpec.Own), FaultPoint.TripperStart, UserErrorSource.Tripper);

    private bool StartsPermit() =>
        Starts(_plan.Permit.Leaves.Any(leaf => leaf is PermitSpec.Own), FaultPoint.PermitStart, UserErrorSource.Permit);

    private bool StartsRecovery() =>
        Starts(_plan.Recovery.Leaves.Any(leaf => leaf is RecoverySpec.Own), FaultPoint.RecoveryStart, UserErrorSource.Recovery);

    private bool Starts(bool isUsers, FaultPoint point, UserErrorSource source) => !isUsers || Works(point, source);

    /// <summary>Returns whether user code does not throw at this point; counts and reports the error if it does.</summary>
    private bool Works(FaultPoint point, UserErrorSource source) =>
        Guarded(
            source,
            () =>
            {
                _faults.At(point);
                return true;
            },
            whenItThrows: false
        );

    private void Error(UserErrorSource source)
    {
        _errors[(int)source]++;
        Events.Add($"error {source} at {Wall:O}");
        _visits.Count($"error {source}");
    }

    private T Guarded<T>(UserErrorSource source, Func<T> answer, T whenItThrows)
    {
        try
        {
            return answer();
        }
        catch (InvalidOperationException error)
        {
            Error(source);
            _visits.Count(error.Message);
            return whenItThrows;
        }
    }

    // Permits (4)

    private bool AdmitsProbe()
    {
        var asked = _asked++;
        if (_admitted == 0)
        {
            return true;
        }

        // A permit that throws admits one probe at a time.
        var answer = _hasPermit ? Guarded(UserErrorSource.Permit, () => (bool?)Admits(_plan.Permit, asked), null) : null;
        if (answer is null)
        {
            return _probes.Count < 1;
        }

        var bounds = _plan.Permit.Leaves.OfType<PermitSpec.MaxConcurrent>().Select(leaf => leaf.Count).ToList();
        var most =
            bounds.Count > 0 ? bounds.Min()
            : _recorded.Exists(call => !call.Failed) ? int.MaxValue
            : 10;
        if (answer == true && bounds.Count == 0 && _probes.Count >= most)
        {
            _visits.Count("held back by the cap of 10");
        }

        return answer == true && _probes.Count < most;
    }

    private bool Admits(PermitSpec permit, int asked) =>
        permit switch
        {
            PermitSpec.All => true,
            PermitSpec.Random random => _random.Next() < random.Ratio,
            PermitSpec.RampUp ramp => _random.Next()
                < ramp.Initial + ((ramp.Final - ramp.Initial) * Math.Min(1, InPhaseFor / ramp.Duration)),
            PermitSpec.MaxConcurrent bound => _probes.Count < bound.Count,
            PermitSpec.Own => OwnPermitAdmits(asked),
            PermitSpec.Both both => Admits(both.Left, asked) && Admits(both.Right, asked),
            _ => throw new NotSupportedException(permit.ToString()),
        };

    private bool OwnPermitAdmits(int asked)
    {
        _faults.At(FaultPoint.PermitAdmits);
        return asked % 3 != 0;
    }

    // Recoveries (4)

    private bool RecoveryIsOver() => _hasRecovery && Guarded(UserErrorSource.Recovery, () => IsOver(_plan.Recovery), whenItThrows: false);

    private bool IsOver(RecoverySpec recovery) =>
        recovery switch
        {
            RecoverySpec.AfterProbes probes => _recorded.Count >= probes.Count,
            RecoverySpec.After after => InPhaseFor >= after.Duration,
            RecoverySpec.WhenQuiet => true,
            RecoverySpec.Own own => OwnRecoveryIsOver(own),
            RecoverySpec.Both both => IsOver(both.Left) && IsOver(both.Right),
            _ => throw new NotSupportedException(recovery.ToString()),
        };

    private bool OwnRecoveryIsOver(RecoverySpec.Own own)
    {
        _faults.At(FaultPoint.RecoveryIsOver);
        return ConsecutiveSuccesses >= own.Successes;
    }
}
