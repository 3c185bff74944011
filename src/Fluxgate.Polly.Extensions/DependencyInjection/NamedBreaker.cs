namespace Fluxgate;

/// <summary>The place of one breaker: it is made once, by whoever asks first, and again by the next where that failed.</summary>
internal sealed class NamedBreaker(string name)
{
    private readonly object _making = new();
    private volatile FluxgateBreaker? _breaker;

    public FluxgateBreaker? Breaker => _breaker;

    /// <summary>The settings that it was made with, or followed last.</summary>
    public FluxgateBreakerSettings? Settings { get; set; }

    /// <summary>Who writes its reconfigurations to a log.</summary>
    public IReadOnlyList<LogListener> Logs { get; set; } = [];

    public FluxgateBreaker GetOrMake(Func<FluxgateBreaker> make)
    {
        if (_breaker is { } made)
        {
            return made;
        }

        if (Monitor.IsEntered(_making))
        {
            throw new InvalidOperationException(
                $"The breaker '{name}' is asked for while it is being made, by one of its listeners in OnAttached, which gets the breaker as its argument."
            );
        }

        lock (_making)
        {
            return _breaker ??= make();
        }
    }

    /// <summary>Changes the breaker, after its making where somebody is at it.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Change(Action<FluxgateBreaker> change)
    {
        if (_breaker is null)
        {
            lock (_making)
            {
                if (_breaker is null)
                {
                    return false;
                }
            }
        }

        change(_breaker);
        return true;
    }
}
