namespace Fluxgate;

/// <summary>The places where user code can go wrong.</summary>
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
}

/// <summary>What is broken at the moment. The engine's own parts and the reference ask the same object, so they throw in the same places.</summary>
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

/// <summary>Random numbers that are the same on both sides: whole 64ths, so that no arithmetic on them rounds.</summary>
internal sealed class Dice(int seed, Faults faults)
{
    private readonly Random _random = new(seed);

    public double Next()
    {
        faults.At(FaultPoint.Randomizer);
        return _random.Next(64) / 64.0;
    }
}
