namespace Fluxgate;

/// <summary>The body of a response whose call settles with it.</summary>
internal sealed class CountedStream(Stream stream, CountedBody body) : Stream
{
    public override bool CanRead => stream.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override bool CanTimeout => stream.CanTimeout;

    public override int ReadTimeout
    {
        get => stream.ReadTimeout;
        set => stream.ReadTimeout = value;
    }

    public override long Length => throw new NotSupportedException("The stream does not support seeking.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream does not support seeking.");
        set => throw new NotSupportedException("The stream does not support seeking.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        body.BeginRead();
        try
        {
            return Delivered(stream.Read(buffer), buffer.Length);
        }
        catch (Exception error)
        {
            body.Fail(error, CancellationToken.None);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        body.BeginRead();
        try
        {
            return Delivered(await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);
        }
        catch (Exception error)
        {
            body.Fail(error, cancellationToken);
            throw;
        }
    }

    public override void Flush() => stream.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream does not support seeking.");

    public override void SetLength(long value) => throw new NotSupportedException("The body of a response cannot be written.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The body of a response cannot be written.");

    public override async ValueTask DisposeAsync()
    {
        body.Abandon();
        await stream.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Abandon();
            stream.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Delivered(int read, int asked)
    {
        // A read of no bytes waits for data and delivers none.
        if (read > 0 || asked == 0)
        {
            body.EndRead();
        }
        else
        {
            body.End();
        }

        return read;
    }
}
