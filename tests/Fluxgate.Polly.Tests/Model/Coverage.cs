namespace Fluxgate;

/// <summary>Counts how often the random scripts reached each situation that they should reach.</summary>
internal sealed class Coverage
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Count(string what) => _counts[what] = this[what] + 1;

    public int this[string what] => _counts.GetValueOrDefault(what);

    public void AtLeast(int least, string what) =>
        Assert.True(
            this[what] >= least,
            $"{what}: {this[what]} times, but should be at least {least}. The random scripts reach it too rarely: change the weights of what leads there, in Scripts.cs or Scripts.Parts.cs. "
                + "A new part changes all scripts."
        );

    public override string ToString() => string.Join(Environment.NewLine, _counts.Select(visit => $"{visit.Value, 8}  {visit.Key}"));
}
