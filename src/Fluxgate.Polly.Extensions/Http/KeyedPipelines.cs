using Polly;
using Polly.Registry;

namespace Fluxgate;

/// <summary>One pipeline for each key, up to a number of keys. The keys that come after share one more, so that hostile keys cost nothing.</summary>
internal sealed class KeyedPipelines(string clientName, int most, Action<ResiliencePipelineBuilder<HttpResponseMessage>, string> configure)
{
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly Place _others = new();

    public ResiliencePipelineRegistry<string> Registry { get; } = new();

    public ResiliencePipeline<HttpResponseMessage> this[string key] =>
        Registry.TryGetPipeline<HttpResponseMessage>(key, out var pipeline) ? pipeline : Add(key);

    /// <summary>A client's pipeline, as a sentence about it begins.</summary>
    public static string Of(string clientName) => $"The pipeline of the HTTP client '{clientName}'";

    private ResiliencePipeline<HttpResponseMessage> Add(string wanted)
    {
        var (key, place) = Enter(wanted);
        try
        {
            // One at a time: the registry lets all who ask at once build, and drops what it does not keep without disposing it.
            return place.Turn.Take(
                Of(clientName),
                () =>
                    Registry.GetOrAddPipeline<HttpResponseMessage>(
                        key,
                        builder =>
                        {
                            // The client without a name has only the key to tell its circuits apart.
                            (builder.Name, builder.InstanceName) = clientName.Length > 0 ? (clientName, key) : (key, null);
                            configure(builder, key);
                        }
                    )
            );
        }
        finally
        {
            Leave(key, place);
        }
    }

    private (string Key, Place Place) Enter(string wanted)
    {
        lock (_places)
        {
            var isKept = wanted != HttpAuthority.Others && (_places.ContainsKey(wanted) || _places.Count < most);
            if (!isKept)
            {
                return (HttpAuthority.Others, _others);
            }

            if (!_places.TryGetValue(wanted, out var place))
            {
                _places[wanted] = place = new();
            }

            place.Builders++;
            return (wanted, place);
        }
    }

    // A key that the application refuses by throwing must not keep the place of one that it serves.
    private void Leave(string key, Place place)
    {
        lock (_places)
        {
            if (!ReferenceEquals(place, _others) && --place.Builders == 0 && !Registry.TryGetPipeline<HttpResponseMessage>(key, out _))
            {
                _places.Remove(key);
            }
        }
    }

    private sealed class Place
    {
        public BuildTurn Turn { get; } = new();

        public int Builders { get; set; }
    }
}
