namespace FleetSample;

/// <summary>What the views show: the scene, the instances and the events.</summary>
internal sealed class Stage(IReadOnlyList<InstanceProcess> instances)
{
    private readonly object _lock = new();
    private readonly List<string> _events = [];
    private string _scene = "the instances start";

    public System.Diagnostics.Stopwatch Clock { get; } = System.Diagnostics.Stopwatch.StartNew();

    public IReadOnlyList<InstanceProcess> Instances => instances;

    public string Scene
    {
        get
        {
            lock (_lock)
            {
                return _scene;
            }
        }
    }

    /// <summary>Gets the fleet as one connected instance sees it, or as the first instance does if none is connected.</summary>
    public Report? Fleet =>
        instances.Select(instance => instance.Report).FirstOrDefault(report => report is { IsConnected: true, Members: > 0 })
        ?? instances[0].Report;

    public void Begin(string scene)
    {
        lock (_lock)
        {
            _scene = scene;
        }

        Add($"== {scene}");
    }

    public void Add(string text)
    {
        lock (_lock)
        {
            _events.Add($"{Clock.Elapsed.TotalSeconds, 5:0.0} s  {text}");
        }
    }

    /// <summary>Returns the events from a number on.</summary>
    public IReadOnlyList<string> EventsFrom(int number)
    {
        lock (_lock)
        {
            return _events[number..];
        }
    }

    /// <summary>Returns how many instances have a circuit in a state.</summary>
    public int CountOf(string state) => instances.Count(instance => instance.Report?.State == state);
}
