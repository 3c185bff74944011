using System.Net;
using Fluxgate;
using Microsoft.Extensions.DependencyInjection;

#region docs/http.md: A complete program
var services = new ServiceCollection();
services.AddFluxgate().AddBreaker("shop", settings => settings.Tripper = Tripper.FailureStreak(3));
services
    .AddHttpClient("shop", client => client.BaseAddress = new Uri("http://shop.example"))
    .ConfigurePrimaryHttpMessageHandler(() => new ShopThatIsDown())
    .AddFluxgateStandardResilienceHandler(
        "shop",
        options =>
        {
            options.Retry.MaxRetryAttempts = 1;
            options.Retry.Delay = TimeSpan.FromMilliseconds(10);
        }
    );

await using var provider = services.BuildServiceProvider();
var shop = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
for (var order = 1; order <= 4; order++)
{
    try
    {
        using var response = await shop.GetAsync(new Uri("/orders", UriKind.Relative));
        Console.WriteLine($"{order}: {(int)response.StatusCode} {response.StatusCode}");
    }
    catch (CallNotPermittedException rejected)
    {
        Console.WriteLine($"{order}: not sent, {rejected.Reason}; again in {rejected.RetryAfter?.TotalSeconds:0} s");
    }
}

internal sealed class ShopThatIsDown : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
}
#endregion
