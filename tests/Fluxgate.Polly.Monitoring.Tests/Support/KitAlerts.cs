using System.Text.Json;

namespace Fluxgate;

/// <summary>Reads alerts from responses of Alertmanager.</summary>
internal static class KitAlerts
{
    public static Dictionary<string, string> Strings(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    /// <summary>Returns the current alerts with their labels and annotations.</summary>
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
