namespace Fluxgate;

/// <summary>A breaker whose signals a listener posts in order to a server that replaces Slack.</summary>
internal sealed class SlackWorld : IAsyncDisposable
{
    private readonly Dictionary<string, World> _circuits = new(StringComparer.Ordinal);

    private SlackWorld(SlackServer slack, SlackListener listener, RecordedLog<SlackListener> log) =>
        (Slack, Listener, Log) = (slack, listener, log);

    public SlackServer Slack { get; }

    public SlackListener Listener { get; }

    public RecordedLog<SlackListener> Log { get; }

    public static async Task<SlackWorld> StartAsync(Action<SlackOptions>? configure = null, bool webhook = false, TimeProvider? time = null)
    {
        var slack = await SlackServer.StartAsync();
        var options = webhook
            ? new SlackOptions { WebhookUrl = slack.WebhookUrl }
            : new SlackOptions
            {
                Token = SlackServer.Token,
                Channel = "#alerts",
                ApiAddress = slack.Address,
            };
        configure?.Invoke(options);
        var log = new RecordedLog<SlackListener>();
        // Waits between attempts complete at once, and requests have no timeout.
        return new(slack, new(options, log, timeProvider: time ?? new JumpingTime(TimeSpan.FromSeconds(9))), log);
    }

    /// <summary>Runs an action on the breaker and posts its signals.</summary>
    public async Task DoAsync(Action<FluxgateBreaker> act, string circuit = "payments", CancellationToken cancellationToken = default)
    {
        if (!_circuits.TryGetValue(circuit, out var world))
        {
            _circuits[circuit] = world = new(name: circuit);
        }

        var (signals, notices) = (world.Signals.Count, world.Notices.Count);
        act(world.Breaker);
        foreach (var signal in world.Signals[signals..])
        {
            await Listener.OnSignalAsync(signal, cancellationToken);
        }

        foreach (var notice in world.Notices[notices..])
        {
            await ((IAsyncCircuitListener)Listener).OnNoticeAsync(notice, cancellationToken);
        }
    }

    public IEnumerable<(string Text, string? Thread, bool Broadcast)> Posts =>
        Slack.Calls.Select(call => (call.Text, call.Thread, call.Broadcast));

    public async ValueTask DisposeAsync()
    {
        Listener.Dispose();
        await Slack.DisposeAsync();
    }
}
