using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Fluxgate;

/// <summary>Somebody who looks at the page. Errors in the console, which include violations of the Content-Security-Policy, fail the test.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    private const float Deadline = 30_000;

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = [];

    public Viewer(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Gets or sets a text of errors that the test causes.</summary>
    public string? Expected { get; set; }

    public ILocator Connection => Page.Locator("#connection");

    public ILocator Rows => Page.Locator("#rows tr");

    public ILocator Row(string name) =>
        Page.Locator("#rows tr").Filter(new() { Has = Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) });

    public ILocator Cell(string name, string column) => Row(name).Locator($"[data-label='{column}']");

    public ILocator Part(string name) => Page.Locator($"[data-part='{name}']");

    public static Task ShowsAsync(ILocator element, string text) => Expect(element).ToContainTextAsync(text, new() { Timeout = Deadline });

    public static Task IsAsync(ILocator element, string text) => Expect(element).ToHaveTextAsync(text, new() { Timeout = Deadline });

    public static Task CountsAsync(ILocator element, int count) => Expect(element).ToHaveCountAsync(count, new() { Timeout = Deadline });

    public static Task IsVisibleAsync(ILocator element) => Expect(element).ToBeVisibleAsync(new() { Timeout = Deadline });

    public static Task IsFocusedAsync(ILocator element) => Expect(element).ToBeFocusedAsync(new() { Timeout = Deadline });

    public Task IsLiveAsync() => IsAsync(Connection, "Live");

    public async Task OpenCircuitAsync(string name)
    {
        await Row(name).GetByRole(AriaRole.Link).ClickAsync();
        await IsVisibleAsync(Part("state"));
    }

    /// <summary>Fails if axe-core finds a violation of any rule.</summary>
    public async Task IsAccessibleAsync()
    {
        var result = await Page.RunAxe();
        Assert.True(
            result.Violations.Length == 0,
            string.Join(
                '\n',
                result.Violations.Select(found =>
                    $"{found.Id}: {found.Help}: {string.Join(", ", found.Nodes.Select(node => $"{node.Target} {node.Html}"))}"
                )
            )
        );
        Assert.InRange(result.Passes.Length, 15, int.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.DoesNotContain(_errors, error => Expected is null || !error.Contains(Expected, StringComparison.Ordinal));
    }
}
