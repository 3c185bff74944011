namespace Fluxgate;

/// <summary>One sample as prometheus_client read it.</summary>
internal sealed record PythonSample(string Family, string Type, string Name, IReadOnlyDictionary<string, string> Labels, double Value);
