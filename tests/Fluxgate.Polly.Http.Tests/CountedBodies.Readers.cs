using System.Net;
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
    public Task A_body_that_is_read_to_its_end_is_one_success(string way) => ReadToItsEndAsync(Ways[way]);

    private protected async Task ReadToItsEndAsync(Func<HttpClient, Uri, Task<string>> way)
    {
        _server.Answers(static context => context.Response.WriteAsync("\"paid\""));

        Assert.Equal("\"paid\"", await way(_client, _server.Address));

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

        Assert.Equal(LinesOf(expected), LinesOf(response));
        Assert.Equal(expected.Content.Headers.ToString(), response.Content.Headers.ToString());
        Assert.Equal((4, 6), (response.Content.Headers.ContentLength, response.Content.Headers.NonValidated.Count));
        await response.Content.LoadIntoBufferAsync();
        Assert.Equal(4, response.Content.Headers.ContentLength);

        static IEnumerable<string> LinesOf(HttpResponseMessage response) =>
            response.Content.Headers.NonValidated.Select(header => $"{header.Key}: {header.Value}");
    }

    [Fact]
    public async Task A_slow_destination_does_not_make_a_call_slow()
    {
        _server.Answers(static context => context.Response.WriteAsync("paid"));
        using var response = await HeadersAsync();
        using var destination = new SlowDestination(_world);

        await response.Content.CopyToAsync(destination);

        Assert.Equal((1, 0, 4), (Now.Successes, Slow, destination.Length));
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK, null)]
    [InlineData("GET", HttpStatusCode.OK, 0)]
    [InlineData("HEAD", HttpStatusCode.OK, 5)]
    public async Task An_empty_body_is_a_success(string method, HttpStatusCode status, int? length)
    {
        _server.Answers(context =>
        {
            (context.Response.StatusCode, context.Response.ContentLength) = ((int)status, length);
            return Task.CompletedTask;
        });
        using var request = RequestOf(new(method));

        using var response = await _client.SendAsync(request);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal((1, 0), (Now.Successes, Now.InFlight));
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK, 0)]
    [InlineData("GET", HttpStatusCode.NoContent, null)]
    [InlineData("GET", HttpStatusCode.NotModified, null)]
    [InlineData("HEAD", HttpStatusCode.OK, 5)]
    [InlineData("HEAD", HttpStatusCode.OK, null)]
    public async Task A_response_that_cannot_have_a_body_settles_with_its_headers(string method, HttpStatusCode status, int? length)
    {
        _server.Answers(context =>
        {
            (context.Response.StatusCode, context.Response.ContentLength) = ((int)status, length);
            return Task.CompletedTask;
        });
        using var request = RequestOf(new(method));

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal((1, 0), (Now.Successes, Now.InFlight));
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

    private sealed class SlowDestination(HttpWorld world) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            world.Time.Advance(100 * Second);
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
