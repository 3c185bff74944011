using Microsoft.Playwright;

namespace Fluxgate;

/// <summary>The browser of a class of tests. Each test has pages of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The reason to skip; <see langword="null"/> if the browser is installed.</summary>
    public static string? Missing { get; } =
        Find() is null ? "Needs Chromium on the PATH: apt-get install -y --no-install-recommends chromium (Debian)" : null;

    public async Task InitializeAsync()
    {
        if (Find() is { } path)
        {
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--disable-dev-shm-usage"] });
        }
    }

    public async Task DisposeAsync()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
    }

    /// <summary>Opens a page at the dashboard, for a user who is signed in by a cookie.</summary>
    internal async Task<Viewer> OpenAsync(
        DashboardApplication application,
        string? user = "operator",
        string path = "/circuits/",
        ColorScheme scheme = ColorScheme.Light,
        int width = 1000,
        int height = 800
    )
    {
        var context = await _browser!.NewContextAsync(
            new()
            {
                BaseURL = application.Client.BaseAddress!.ToString(),
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = height },
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout(30_000);
        if (user is not null)
        {
            await context.AddCookiesAsync([
                new()
                {
                    Name = TestUsers.Cookie,
                    Value = Uri.EscapeDataString(user),
                    Url = application.Client.BaseAddress.ToString(),
                },
            ]);
        }

        var viewer = new Viewer(context, await context.NewPageAsync());
        await viewer.Page.GotoAsync(path);
        return viewer;
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
