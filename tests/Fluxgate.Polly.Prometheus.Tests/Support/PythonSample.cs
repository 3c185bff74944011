namespace Fluxgate;

/// <summary>One sample as parsed by prometheus_client.</summary>
internal sealed record PythonSample(string Family, string Type, string Name, IReadOnlyDictionary<string, string> Labels, double Value);
