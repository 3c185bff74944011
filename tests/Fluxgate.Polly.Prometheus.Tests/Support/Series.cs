namespace Fluxgate;

/// <summary>One series of a page, its label values as they were before they were escaped.</summary>
internal sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
