using System.Buffers;
using System.Text.Json;

namespace Fluxgate;

/// <summary>A message to a channel, or without a channel to a webhook, which has its own.</summary>
internal sealed record SlackPost(string? Channel, string Text, string? Thread, bool Broadcast)
{
    public ReadOnlyMemory<byte> ToJson()
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        if (Channel is not null)
        {
            writer.WriteString("channel"u8, Channel);
            // Slack must not turn external text into links or mentions, nor unfurl links. Webhooks do not support these fields.
            writer.WriteString("parse"u8, "none"u8);
            writer.WriteBoolean("link_names"u8, false);
            writer.WriteBoolean("unfurl_links"u8, false);
            writer.WriteBoolean("unfurl_media"u8, false);
        }

        writer.WriteString("text"u8, Text);
        if (Thread is not null)
        {
            writer.WriteString("thread_ts"u8, Thread);
            if (Broadcast)
            {
                writer.WriteBoolean("reply_broadcast"u8, true);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }
}
