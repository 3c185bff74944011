namespace Fluxgate;

/// <summary>An expression to evaluate in Prometheus.</summary>
/// <param name="Where">Its place, for messages.</param>
/// <param name="Text">The text in the file.</param>
/// <param name="Sent">The text that is sent.</param>
internal sealed record KitQuery(string Where, string Text, string Sent);
