namespace Fluxgate;

/// <summary>The tests that look at the one outage: it is had once, and nothing that runs beside them takes its time.</summary>
[CollectionDefinition(Name)]
public sealed class SeenByPrometheus : ICollectionFixture<MonitoredOutage>
{
    public const string Name = "an outage seen by Prometheus";
}
