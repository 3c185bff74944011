namespace Fluxgate;

/// <summary>The tests that share the one outage, which runs once and alone.</summary>
[CollectionDefinition(Name)]
public sealed class OutageCollection : ICollectionFixture<MonitoredOutage>
{
    public const string Name = "an outage in Prometheus";
}
