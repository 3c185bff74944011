namespace Fluxgate;

/// <summary>Something that listeners receive, at its place in a breaker's history. Entries form a chain that subscriptions follow.</summary>
/// <param name="news">A <see cref="Signal"/>, a <see cref="Notice"/>, or <see cref="End"/>.</param>
/// <param name="ordinal">The entry's place in the chain.</param>
/// <param name="receivers">How many subscriptions will pass it.</param>
internal sealed class TimelineEntry(object? news, long ordinal, int receivers)
{
    /// <summary>The last entry of a disposed breaker: its listeners are detached there.</summary>
    public static readonly object End = new();

    private object? _news = news;
    private TimelineEntry? _next;
    private int _receivers = receivers;

    public object? News => _news;

    public long Ordinal { get; } = ordinal;

    public TimelineEntry? Next => Volatile.Read(ref _next);

    public void Link(TimelineEntry next) => Volatile.Write(ref _next, next);

    /// <summary>Releases the news once every subscription has passed it, so that no exception in it stays alive.</summary>
    public void Passed()
    {
        if (Interlocked.Decrement(ref _receivers) == 0)
        {
            _news = null;
        }
    }
}
