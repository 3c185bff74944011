namespace Fluxgate;

/// <summary>The places where user code can fail.</summary>
internal enum FaultPoint
{
    TripperStart,
    TripperFires,
    TripperExplains,
    PermitStart,
    PermitAdmits,
    RecoveryStart,
    RecoveryIsOver,
    BreakThrows,
    BreakNotPositive,
    WindowStart,
    WindowRecord,
    WindowRead,
    Randomizer,
    ProbeGate,
}

/// <summary>The current faults. The parts of the engine and the reference use the same object, so they throw in the same places.</summary>
internal sealed class Faults
{
    private readonly HashSet<FaultPoint> _broken = [];

    public bool Has(FaultPoint point) => _broken.Contains(point);

    public void Break(FaultPoint point) => _broken.Add(point);

    public void MendAll() => _broken.Clear();

    public void At(FaultPoint point)
    {
        if (Has(point))
        {
            throw new InvalidOperationException($"{point} is broken.");
        }
    }
}

/// <summary>Random numbers that are equal on both sides: multiples of 1/64, so that arithmetic on them does not round.</summary>
internal sealed class SharedRandom(int seed, Faults faults)
{
    private readonly Random _random = new(seed);

    public double Next()
    {
        faults.At(FaultPoint.Randomizer);
        return _random.Next(64) / 64.0;
    }
}
