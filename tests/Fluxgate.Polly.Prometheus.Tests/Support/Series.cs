namespace Fluxgate;

/// <summary>One series of a page, with unescaped label values.</summary>
internal sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
