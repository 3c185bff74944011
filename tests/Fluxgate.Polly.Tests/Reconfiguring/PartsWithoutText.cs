namespace Fluxgate;

public sealed class PartsWithoutText
{
    [Fact]
    public void A_part_whose_ToString_throws_is_named_by_its_type()
    {
        var world = new World();

        var changes = world.Breaker.Reconfigure(new() { BreakDuration = new ThrowingText() });

        Assert.Equal(["BreakDuration: Fixed(1m) -> ThrowingText"], changes);
    }

    [Fact]
    public void The_same_part_whose_ToString_throws_is_no_change()
    {
        var part = new ThrowingText();
        var world = new World(new() { BreakDuration = part });

        Assert.Empty(world.Breaker.Reconfigure(new() { BreakDuration = part }));
    }

    private sealed class ThrowingText : BreakDuration
    {
        public override TimeSpan Next(in BreakDurationContext context) => TimeSpan.FromSeconds(1);

        public override string ToString() => throw new NotSupportedException();
    }
}
