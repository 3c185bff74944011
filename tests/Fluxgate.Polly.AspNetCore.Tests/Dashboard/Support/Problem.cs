using System.Net;
using System.Text.Json;

namespace Fluxgate;

/// <summary>Errors of the API, as RFC 9457 defines them.</summary>
internal static class Problem
{
    public static async Task<JsonElement> IsAsync(HttpResponseMessage response, HttpStatusCode status, string word)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(("about:blank", (int)status), (problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.Contains(word, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        return problem;
    }
}
