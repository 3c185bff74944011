using System.Net;
using System.Text;
using Polly;

namespace Fluxgate;

/// <summary>With <c>CountBody</c>, a call settles with the body of its response, and only reads count as waiting.</summary>
public sealed class CountedBodies
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly Tripper SlowRule = Tripper.MinRequests(2) & Tripper.SlowRate(1, Second);

    private readonly byte[] _buffer = new byte[16];

    [Fact]
    public async Task By_default_a_call_settles_with_the_headers()
    {
        var world = new World();
        using var response = await SendAsync(world, new Script(), countBody: false);

        Assert.Equal((1, 0), (world.Now.Successes, world.Now.InFlight));
    }

    [Fact]
    public async Task A_call_settles_at_the_end_of_its_body()
    {
        var world = new World();
        var script = new Script();
        using var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal((0, 1), (world.Now.Successes, world.Now.InFlight));

        Assert.Equal(3, await ReadAsync(body, script, 3));
        Assert.Equal((0, 1), (world.Now.Successes, world.Now.InFlight));
        Assert.Equal(0, await ReadAsync(body, script, 0));

        Assert.Equal((1, 0), (world.Now.Successes, world.Now.InFlight));
        response.Dispose();
        Assert.Equal(1, world.Now.Requests);
    }

    [Fact]
    public async Task A_body_that_fails_is_a_failure_and_its_exception_passes_through()
    {
        var world = new World();
        var script = new Script();
        using var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        await ReadAsync(body, script, 3);

        var read = body.ReadAsync(_buffer).AsTask();
        script.Fail(new IOException("reset"));

        Assert.Equal("reset", (await Assert.ThrowsAsync<IOException>(() => read)).Message);
        Assert.Equal((1, 0), (world.Now.Failures, world.Now.InFlight));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_response_that_is_disposed_is_a_success(int parts)
    {
        var world = new World();
        var script = new Script();
        var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        for (var part = 0; part < parts; part++)
        {
            await ReadAsync(body, script, 1);
        }

        world.Wait(600);
        response.Dispose();

        Assert.Equal((1, 0, 0), (world.Now.Successes, world.Now.Failures, world.Now.InFlight));
    }

    [Fact]
    public async Task A_response_that_is_disposed_after_a_long_read_is_a_failure()
    {
        var world = new World();
        var script = new Script();
        var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        var read = body.ReadAsync(_buffer).AsTask();

        world.Wait(6);
        response.Dispose();

        Assert.Equal((1, 1), (world.Now.Failures, world.Now.AbandonedFailures));
        script.Deliver(0);
        Assert.Equal(0, await read);
        Assert.Equal(1, world.Now.Requests);
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(6, 0, 1)]
    public async Task A_read_that_its_caller_cancels_counts_by_how_long_it_waited(double seconds, long successes, long failures)
    {
        var world = new World();
        var script = new Script();
        using var response = await SendAsync(world, script);
        using var reader = new CancellationTokenSource();
        var body = await response.Content.ReadAsStreamAsync();
        var read = body.ReadAsync(_buffer, reader.Token).AsTask();

        world.Wait(seconds);
        await reader.CancelAsync();
        script.Fail(new OperationCanceledException(reader.Token));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal((successes, failures), (world.Now.Successes, world.Now.Failures));
    }

    [Fact]
    public async Task A_read_that_ends_with_the_token_of_the_call_is_abandoned()
    {
        var world = new World();
        var script = new Script();
        using var caller = new CancellationTokenSource();
        using var response = await SendAsync(world, () => new StreamContent(script), caller: caller.Token);
        var read = (await response.Content.ReadAsStreamAsync()).ReadAsync(_buffer).AsTask();

        await caller.CancelAsync();
        script.Fail(new OperationCanceledException());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal((1, 0), (world.Now.Successes, world.Now.Failures));
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1.5, 1)]
    public async Task The_longest_wait_for_bytes_decides_whether_a_call_is_slow(double wait, long slow)
    {
        var world = new World(new() { Tripper = SlowRule });
        var script = new Script();
        using var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        for (var part = 10; part >= 0; part--)
        {
            var read = body.ReadAsync(_buffer).AsTask();
            world.Wait(part == 5 ? wait : 0.5);
            script.Deliver(part);
            Assert.Equal(part, await read);

            // The consumer takes its time.
            world.Wait(100);
        }

        Assert.Equal((1, slow), (world.Now.Successes, world.Now.SlowCalls[0].Total));
        Assert.Equal(BreakerState.Closed, world.State);
    }

    [Fact]
    public async Task Bodies_that_stall_are_overdue_and_open_the_circuit()
    {
        var world = new World(new() { Tripper = SlowRule });
        using var first = await SendAsync(world, new Script());
        using var second = await SendAsync(world, new Script());
        world.Wait(100);
        Assert.Equal((BreakerState.Closed, 0L), (world.State, world.Now.SlowCalls[0].Overdue));

        var reads = new[]
        {
            (await first.Content.ReadAsStreamAsync()).ReadAsync(_buffer).AsTask(),
            (await second.Content.ReadAsStreamAsync()).ReadAsync(_buffer).AsTask(),
        };
        world.Wait(1.25);

        Assert.Equal(BreakerState.Open, world.State);
        Assert.All(reads, read => Assert.False(read.IsCompleted));
    }

    [Fact]
    public async Task Each_part_renews_the_lease_of_a_probe()
    {
        var world = new World(new() { Recovery = Recovery.AfterProbes(1), ProbeLease = TimeSpan.FromSeconds(30) });
        world.Breaker.Probe();
        var script = new Script();
        using var response = await SendAsync(world, script);
        var body = await response.Content.ReadAsStreamAsync();
        for (var part = 10; part >= 0; part--)
        {
            world.Wait(20);
            await ReadAsync(body, script, part);
        }

        Assert.Equal((BreakerState.Closed, 1, 0), (world.State, world.Now.Successes, world.Now.Stale));
    }

    [Fact]
    public async Task A_buffered_body_is_counted_when_it_has_been_read()
    {
        var world = new World();
        using var response = await SendAsync(world, () => new StringContent("paid", Encoding.UTF8, "text/plain"));
        Assert.Equal(0, world.Now.Requests);

        await response.Content.LoadIntoBufferAsync();
        Assert.Equal((1, 1), (world.Now.Successes, world.Now.Requests));

        Assert.Equal("paid", await response.Content.ReadAsStringAsync());
        Assert.Equal((4, "text/plain"), (response.Content.Headers.ContentLength, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_synchronous_read_is_counted_too()
    {
        var world = new World();
        using var response = await SendAsync(world, () => new StringContent("paid"));

        Assert.Equal("paid", Read(response.Content));
        Assert.Equal(1, world.Now.Successes);
    }

    [Fact]
    public async Task A_failed_response_settles_at_once_and_keeps_its_content()
    {
        var world = new World();
        var content = new StringContent("unavailable");
        using var response = await SendAsync(world, () => content, HttpStatusCode.ServiceUnavailable);

        Assert.Equal((1, 0), (world.Now.Failures, world.Now.InFlight));
        Assert.Same(content, response.Content);
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.OK, "")]
    [InlineData("HEAD", HttpStatusCode.OK, "text")]
    [InlineData("GET", HttpStatusCode.SwitchingProtocols, "text")]
    public async Task A_response_without_a_body_settles_at_once(string method, HttpStatusCode status, string text)
    {
        var world = new World();
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://localhost/");
        using var response = await SendAsync(world, () => new StringContent(text), status, request: request);

        Assert.Equal((1, 0), (world.Now.Successes, world.Now.InFlight));
    }

    [Fact]
    public async Task A_response_that_nobody_disposes_settles_when_it_is_collected()
    {
        var world = new World();
        await SendAndForgetAsync();
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                    return world.Now.InFlight == 0;
                },
                TimeSpan.FromSeconds(20)
            )
        );

        Assert.Equal((1, 0), (world.Now.Successes, world.Now.Failures));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        async Task SendAndForgetAsync() => _ = await SendAsync(world, () => new StringContent("paid"));
    }

    [Fact]
    public async Task Other_results_are_not_affected()
    {
        var world = new World();
        var pipeline = new ResiliencePipelineBuilder()
            .AddFluxgateBreaker(new FluxgateBreakerOptions { Breaker = world.Breaker, CountBody = true })
            .Build();

        Assert.Equal(5, await pipeline.ExecuteAsync(_ => new ValueTask<int>(5)));
        Assert.Equal(1, world.Now.Successes);
    }

    [Fact]
    public async Task Content_whose_length_throws_changes_neither_outcome_nor_count()
    {
        var world = new World();
        var content = new WithoutLength();

        using var response = await SendAsync(world, () => content);

        Assert.Same(content, response.Content);
        Assert.Equal((1, 0), (world.Now.Successes, world.Now.InFlight));
        Assert.Equal(1, world.Now.UserErrors(UserErrorSource.Predicate));
    }

    [Fact]
    public async Task A_response_that_was_disposed_before_it_is_returned_is_a_success()
    {
        var world = new World();
        var disposed = new HttpResponseMessage { Content = new StreamContent(new Script()) };
        disposed.Dispose();
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = world.Breaker, CountBody = true })
            .Build();

        Assert.Same(disposed, await pipeline.ExecuteAsync(_ => new ValueTask<HttpResponseMessage>(disposed)));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal((1, 0, 1), (world.Now.Successes, world.Now.InFlight, world.Now.Requests));
    }

    private static Task<HttpResponseMessage> SendAsync(World world, Script script, bool countBody = true) =>
        SendAsync(world, () => new StreamContent(script), countBody: countBody);

    private static Task<HttpResponseMessage> SendAsync(
        World world,
        Func<HttpContent> content,
        HttpStatusCode status = HttpStatusCode.OK,
        bool countBody = true,
        HttpRequestMessage? request = null,
        CancellationToken caller = default
    )
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddFluxgateBreaker(new FluxgateBreakerOptions<HttpResponseMessage> { Breaker = world.Breaker, CountBody = countBody })
            .Build();
        return pipeline
            .ExecuteAsync(
                _ => new ValueTask<HttpResponseMessage>(new HttpResponseMessage(status) { Content = content(), RequestMessage = request }),
                caller
            )
            .AsTask();
    }

    private static string Read(HttpContent content)
    {
        using var body = content.ReadAsStream();
        using var text = new StreamReader(body);
        return text.ReadToEnd();
    }

    private async Task<int> ReadAsync(Stream body, Script script, int bytes)
    {
        var read = body.ReadAsync(_buffer).AsTask();
        script.Deliver(bytes);
        return await read;
    }

    /// <summary>A body whose reads wait until the test delivers bytes, ends it, or fails it.</summary>
    private sealed class WithoutLength : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.CompletedTask;

        protected override bool TryComputeLength(out long length) => throw new InvalidOperationException("no length");
    }

    private sealed class Script : Stream
    {
        private TaskCompletionSource<int> _read = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Deliver(int bytes) => _read.SetResult(bytes);

        public void Fail(Exception error) => _read.SetException(error);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await _read.Task;
            _read = new();
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
