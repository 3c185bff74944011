using System.Text.Json;

namespace Fluxgate;

/// <summary>One request to the server that replaces Slack.</summary>
internal sealed record SlackCall(string Path, string? Authorization, JsonElement Body)
{
    public string Text => Body.GetProperty("text").GetString()!;

    public string? Thread => Body.TryGetProperty("thread_ts", out var thread) ? thread.GetString() : null;

    public bool Broadcast => Body.TryGetProperty("reply_broadcast", out var broadcast) && broadcast.GetBoolean();
}
