namespace Fluxgate;

/// <summary>Threads that repeat their actions during a test. Each has run its action once when the constructor returns.</summary>
internal sealed class Drivers : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task[] _tasks;

    public Drivers(params Action<int>[] actions)
    {
        using var begun = new CountdownEvent(actions.Length);
        _tasks =
        [
            .. actions.Select(act =>
                Task.Factory.StartNew(() => Repeat(act, begun), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            ),
        ];
        begun.Wait();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_tasks);
        _over.Dispose();
    }

    private void Repeat(Action<int> act, CountdownEvent begun)
    {
        act(0);
        begun.Signal();
        for (var i = 1; !_over.IsCancellationRequested; i++)
        {
            act(i);
        }
    }
}
