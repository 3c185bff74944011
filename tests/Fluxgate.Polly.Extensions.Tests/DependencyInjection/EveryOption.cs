namespace Fluxgate;

/// <summary>Options whose every property is set, apart from those that a container provides.</summary>
internal static class EveryOption
{
    public static FluxgateBreakerOptions<int> Set() =>
        new()
        {
            Name = "named",
            Tracker = Tracker.Result<int>(result => result < 0),
            ShouldHandle = _ => new(true),
            ShouldIgnore = _ => new(false),
            BreakDurationHint = _ => null,
            MinBreakDurationHint = TimeSpan.FromSeconds(2),
            MaxBreakDurationHint = TimeSpan.FromSeconds(3),
            CountBody = true,
        };

    public static void AssertCopied(FluxgateBreakerOptions<int> options, FluxgateBreakerOptions<int> copy)
    {
        string[] ofTheContainer = ["Breaker", "Group", "KeySelector", "Settings", "CircuitName"];
        var properties = typeof(FluxgateBreakerOptions<int>).GetProperties().Where(property => property.CanWrite);
        foreach (var property in properties.ExceptBy(ofTheContainer, property => property.Name))
        {
            Assert.NotEqual(property.GetValue(new FluxgateBreakerOptions<int>()), property.GetValue(options));
            Assert.Equal(property.GetValue(options), property.GetValue(copy));
        }
    }
}
