using System.Text.Json;

namespace Fluxgate;

/// <summary>Reads JSON of the API.</summary>
internal static class ResponseJson
{
    public static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();
}
