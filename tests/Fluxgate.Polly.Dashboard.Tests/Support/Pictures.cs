using Microsoft.Playwright;

namespace Fluxgate;

/// <summary>Writes the screenshots of the documentation, if FLUXGATE_UPDATE_PICTURES=1 asks for them.</summary>
internal static class Pictures
{
    public static bool AreWanted { get; } = Environment.GetEnvironmentVariable("FLUXGATE_UPDATE_PICTURES") == "1";

    public static async Task TakeAsync(Viewer viewer, string name)
    {
        if (AreWanted)
        {
            await viewer.Page.ScreenshotAsync(
                new() { Path = Path.Combine(Repository.Find("docs/images"), $"{name}.png"), Animations = ScreenshotAnimations.Disabled }
            );
        }
    }
}
