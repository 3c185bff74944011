using System.Text.Json;

namespace Fluxgate;

/// <summary>Reads alerts from the answers of Alertmanager.</summary>
internal static class KitAlerts
{
    public static Dictionary<string, string> Strings(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    /// <summary>The alerts that are there, as <c>name circuit instance</c>'s parts, with their annotations.</summary>
    public static async Task<
        IReadOnlyList<(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations)>
    > OfAsync(KitApi alertmanager) =>
        [
            .. (await alertmanager.GetAsync("api/v2/alerts"))
                .EnumerateArray()
                .Select(alert =>
                    (
                        (IReadOnlyDictionary<string, string>)Strings(alert.GetProperty("labels")),
                        (IReadOnlyDictionary<string, string>)Strings(alert.GetProperty("annotations"))
                    )
                ),
        ];
}
