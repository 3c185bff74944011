using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <summary>A file of the page, which is part of the assembly. All addresses in it are relative, so that it works behind a path base and a proxy.</summary>
internal sealed class PageFile(string name, string contentType)
{
    private const string Prefix = "Fluxgate.Dashboard.";

    private readonly Lazy<byte[]> _content = new(() => Read(name));

    public static PageFile Index { get; } = new("index.html", "text/html; charset=utf-8");

    /// <summary>Gets the files that the page loads.</summary>
    public static IReadOnlyList<PageFile> Assets { get; } =
    [
        .. typeof(PageFile)
            .Assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(resource => resource[Prefix.Length..])
            .Where(file => file != Index.Name)
            .Order(StringComparer.Ordinal)
            .Select(file => new PageFile(
                file,
                file.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
            )),
    ];

    public string Name => name;

    public async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = _content.Value.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(_content.Value, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Serves the page, at an address that ends with a slash: its relative addresses need one.</summary>
    public static Task HandleIndexAsync(HttpContext context)
    {
        var path = context.Request.Path.HasValue ? context.Request.Path.Value! : context.Request.PathBase.Value ?? "/";
        if (path.EndsWith('/'))
        {
            return Index.HandleAsync(context);
        }

        // Relative to the address that the browser knows, which a proxy may have changed.
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = $"{Uri.EscapeDataString(path[(path.LastIndexOf('/') + 1)..])}/";
        return Task.CompletedTask;
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(Prefix + name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
