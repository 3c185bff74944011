namespace Fluxgate;

/// <summary>A window of the last recorded calls.</summary>
internal sealed class CountWindow(int size) : Window
{
    private readonly int _size = size;

    public override long? Capacity => _size;

    public override WindowState Start(WindowContext context) =>
        new MeasuredCountWindow(new Ledger(context.SlowThresholds, sumsDurations: true), _size);

    public override string ToString() => $"Count({RuleText.Number(_size)})";

    internal override bool IsEquivalentTo(Window other) => other is CountWindow count && count._size == _size;

    internal override TimeSpan Resolution => TimeSpan.MaxValue;

    internal override LedgerWindow StartOn(Ledger ledger, Clock clock, BreakerState state) =>
        ledger.IsTimed ? new MeasuredCountWindow(ledger, _size) : new RateCountWindow(ledger, _size);
}
