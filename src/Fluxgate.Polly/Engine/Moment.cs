namespace Fluxgate;

/// <summary>
/// One place in a breaker's history: the phase that begins or goes on there, and what listeners hear of it. Moments form a chain that
/// listeners follow, each with a cursor of its own.
/// </summary>
/// <remarks>Only the timeline and the listeners' cursors hold moments. Admissions hold their phase, or one hung call would root the whole chain.</remarks>
internal sealed class Moment(Phase phase, object? news, long ordinal, int hearers)
{
    private object? _news = news;
    private Moment? _next;
    private int _hearers = hearers;

    public Phase Phase { get; } = phase;

    /// <summary>A <see cref="Signal"/>, a <see cref="Notice"/>, or nothing.</summary>
    public object? News => _news;

    public long Ordinal { get; } = ordinal;

    public Moment? Next => Volatile.Read(ref _next);

    public void Link(Moment next) => Volatile.Write(ref _next, next);

    /// <summary>Lets go of the news once every listener has heard it, so that no exception in it stays alive.</summary>
    public void Heard()
    {
        if (Interlocked.Decrement(ref _hearers) == 0)
        {
            _news = null;
        }
    }
}
