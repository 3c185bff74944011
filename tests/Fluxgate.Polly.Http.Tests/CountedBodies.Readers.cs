using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Fluxgate;

/// <content>The ways in which callers read a body.</content>
public abstract partial class CountedBodies
{
    /// <summary>The ways in which the callers of HttpClient read a body.</summary>
    private static readonly Dictionary<string, Func<HttpClient, Uri, Task<string>>> Ways = new(StringComparer.Ordinal)
    {
        ["GetStringAsync"] = (client, address) => client.GetStringAsync(address),
        ["GetByteArrayAsync"] = async (client, address) => Encoding.UTF8.GetString(await client.GetByteArrayAsync(address)),
        ["GetFromJsonAsync"] = async (client, address) => $"\"{await client.GetFromJsonAsync<string>(address)}\"",
        ["GetStreamAsync"] = async (client, address) =>
        {
            using var reader = new StreamReader(await client.GetStreamAsync(address));
            return await reader.ReadToEndAsync();
        },
        ["GetAsync"] = (client, address) =>
            ReadAsync(client, address, HttpCompletionOption.ResponseContentRead, content => content.ReadAsStringAsync()),
        ["Send"] = (client, address) => Task.Run(() => Read(client, address, HttpCompletionOption.ResponseContentRead)),
        ["Send and ReadAsStream"] = (client, address) => Task.Run(() => Read(client, address, HttpCompletionOption.ResponseHeadersRead)),
        ["ReadAsStringAsync twice"] = (client, address) =>
            ReadAsync(
                client,
                address,
                HttpCompletionOption.ResponseHeadersRead,
                async content =>
                {
                    var text = await content.ReadAsStringAsync();
                    Assert.Equal(text, await content.ReadAsStringAsync());
                    return text;
                }
            ),
        ["LoadIntoBufferAsync"] = (client, address) =>
            ReadAsync(
                client,
                address,
                HttpCompletionOption.ResponseHeadersRead,
                async content =>
                {
                    await content.LoadIntoBufferAsync();
                    await content.LoadIntoBufferAsync();
                    var stream = await content.ReadAsStreamAsync();
                    Assert.True(stream.CanSeek);
                    return Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync());
                }
            ),
        ["CopyToAsync"] = (client, address) =>
            ReadAsync(
                client,
                address,
                HttpCompletionOption.ResponseHeadersRead,
                async content =>
                {
                    using var copy = new MemoryStream();
                    await content.CopyToAsync(copy);
                    return Encoding.UTF8.GetString(copy.ToArray());
                }
            ),
        ["CopyTo"] = (client, address) =>
            ReadAsync(
                client,
                address,
                HttpCompletionOption.ResponseHeadersRead,
                content =>
                {
                    using var copy = new MemoryStream();
                    content.CopyTo(copy, context: null, CancellationToken.None);
                    return Task.FromResult(Encoding.UTF8.GetString(copy.ToArray()));
                }
            ),
    };

    /// <summary>Reading twice without a buffer, which HttpClient does not allow in every way.</summary>
    private static readonly Dictionary<string, Func<HttpContent, Task<string>>> SecondWays = new(StringComparer.Ordinal)
    {
        ["CopyToAsync twice"] = async content =>
        {
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy);
            await content.CopyToAsync(copy);
            return $"{copy.Length} bytes";
        },
        ["ReadAsStreamAsync twice"] = async content =>
        {
            var (first, second) = (await content.ReadAsStreamAsync(), await content.ReadAsStreamAsync());
            return $"the same stream: {ReferenceEquals(first, second)}, seekable: {first.CanSeek}";
        },
        ["ReadAsStreamAsync and ReadAsStringAsync"] = async content =>
        {
            await content.ReadAsStreamAsync();
            return await content.ReadAsStringAsync();
        },
        ["ReadAsStreamAsync, disposed, and CopyToAsync"] = async content =>
        {
            await (await content.ReadAsStreamAsync()).DisposeAsync();
            using var copy = new MemoryStream();
            await content.CopyToAsync(copy);
            return $"{copy.Length} bytes";
        },
        ["CopyToAsync into a stream that fails"] = async content =>
        {
            using var full = new MemoryStream(new byte[2]);
            await content.CopyToAsync(full);
            return "copied";
        },
    };

    public static TheoryData<string> Readings() => [.. Ways.Keys];

    [Theory]
    [MemberData(nameof(Readings))]
    public async Task A_body_that_is_read_to_its_end_is_one_success(string way)
    {
        _server.Answers(static context => context.Response.WriteAsync("\"paid\""));

        Assert.Equal("\"paid\"", await Ways[way](_client, _server.Address));

        Assert.Equal((1, 1, 0), (Now.Successes, Now.Requests, Now.InFlight));
    }

    public static TheoryData<string> SecondReadings() => [.. SecondWays.Keys];

    [Theory]
    [MemberData(nameof(SecondReadings))]
    public async Task Nothing_changes_for_the_reader(string way)
    {
        _server.Answers(static context => context.Response.WriteAsync("\"paid\""));
        using var plain = _world.Client("headers");

        Assert.Equal(await ResultAsync(plain), await ResultAsync(_client));
        Assert.Equal((2, 0, 0), (Now.Successes, Now.Failures, Now.InFlight));

        async Task<string> ResultAsync(HttpClient client)
        {
            using var response = await client.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);
            try
            {
                return await SecondWays[way](response.Content);
            }
            catch (Exception error)
            {
                return $"{error.GetType().Name}: {error.Message} {error.InnerException?.GetType().Name}";
            }
        }
    }

    [Fact]
    public async Task The_headers_of_the_content_survive()
    {
        _server.Answers(static context =>
        {
            var headers = context.Response.Headers;
            headers.ContentType = "text/plain; charset=\"utf-8\"";
            headers.ContentLength = 4;
            headers.ContentLanguage = "de, en";
            headers.LastModified = "Wed, 21 Oct 2015 07:28:00 GMT";
            headers.Expires = "0";
            headers.ContentDisposition = "attachment; filename=\"a b.txt\"";
            return context.Response.WriteAsync("paid");
        });
        using var plain = _world.Client("headers");

        using var response = await HeadersAsync();
        using var expected = await plain.GetAsync(_server.Address, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(expected.Content.Headers.NonValidated.ToString(), response.Content.Headers.NonValidated.ToString());
        Assert.Equal(expected.Content.Headers.ToString(), response.Content.Headers.ToString());
        Assert.Equal((4, 6), (response.Content.Headers.ContentLength, response.Content.Headers.NonValidated.Count));
        await response.Content.LoadIntoBufferAsync();
        Assert.Equal(4, response.Content.Headers.ContentLength);
    }

    private static async Task<string> ReadAsync(
        HttpClient client,
        Uri address,
        HttpCompletionOption completion,
        Func<HttpContent, Task<string>> read
    )
    {
        using var response = await client.GetAsync(address, completion);
        return await read(response.Content);
    }

    private static string Read(HttpClient client, Uri address, HttpCompletionOption completion)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        using var response = client.Send(request, completion);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
