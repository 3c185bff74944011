using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>One pipeline for each key, up to a maximum number of keys. All further keys share one pipeline, so that memory is bounded.</summary>
internal sealed class KeyedPipelines(
    string clientName,
    int maxKeys,
    Action<ResiliencePipelineBuilder<HttpResponseMessage>, string> configure
)
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Entry _others = new();

    public ResiliencePipelineRegistry<string> Registry { get; } = new();

    public ResiliencePipeline<HttpResponseMessage> this[string key] =>
        Registry.TryGetPipeline<HttpResponseMessage>(key, out var pipeline) ? pipeline : Add(key);

    /// <summary>Returns the beginning of a message about the pipeline of a client.</summary>
    public static string NameOf(string clientName) => $"The pipeline of the HTTP client '{clientName}'";

    private ResiliencePipeline<HttpResponseMessage> Add(string requested)
    {
        var (key, entry) = Enter(requested);
        try
        {
            // One build at a time: the registry builds concurrent requests in parallel, and drops all but one without disposing them.
            return entry.Lock.Run(
                NameOf(clientName),
                () =>
                    Registry.GetOrAddPipeline<HttpResponseMessage>(
                        key,
                        builder =>
                        {
                            // The client without a name uses the key alone.
                            (builder.Name, builder.InstanceName) = clientName.Length > 0 ? (clientName, key) : (key, null);
                            configure(builder, key);
                        }
                    )
            );
        }
        finally
        {
            Leave(key, entry);
        }
    }

    private (string Key, Entry Entry) Enter(string requested)
    {
        lock (_entries)
        {
            var isKept = requested != HttpAuthority.Others && (_entries.ContainsKey(requested) || _entries.Count < maxKeys);
            if (!isKept)
            {
                return (HttpAuthority.Others, _others);
            }

            if (!_entries.TryGetValue(requested, out var entry))
            {
                _entries[requested] = entry = new();
            }

            entry.PendingBuilds++;
            return (requested, entry);
        }
    }

    // A key whose build fails must not occupy the place of a valid one.
    private void Leave(string key, Entry entry)
    {
        lock (_entries)
        {
            if (!ReferenceEquals(entry, _others) && --entry.PendingBuilds == 0 && !Registry.TryGetPipeline<HttpResponseMessage>(key, out _))
            {
                _entries.Remove(key);
            }
        }
    }

    private sealed class Entry
    {
        public BuildLock Lock { get; } = new();

        public int PendingBuilds { get; set; }
    }
}
