using System.Net;

namespace Fluxgate;

/// <summary>The content of a response whose call settles with its body. All other members delegate to the inner content.</summary>
internal sealed class CountedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly CountedBody _body;

    public CountedContent(HttpContent content, CountedBody body)
    {
        (_content, _body) = (content, body);
        foreach (var (name, values) in content.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new CountedStream(await _content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _body);
        }
        catch (Exception error)
        {
            _body.FailOpening(error, cancellationToken);
            throw;
        }
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => CreateContentReadStreamAsync(CancellationToken.None);

    protected override Stream CreateContentReadStream(CancellationToken cancellationToken)
    {
        try
        {
            return new CountedStream(_content.ReadAsStream(cancellationToken), _body);
        }
        catch (Exception error)
        {
            _body.FailOpening(error, cancellationToken);
            throw;
        }
    }

    // The inner content copies itself, because it decides whether it can be read again.
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _body.BeginRead();
        try
        {
            await _content.CopyToAsync(new CountedCopy(stream, _body), context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _body.FailOpening(error, cancellationToken);
            throw;
        }

        _body.End();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _body.BeginRead();
        try
        {
            _content.CopyTo(new CountedCopy(stream, _body), context, cancellationToken);
        }
        catch (Exception error)
        {
            _body.FailOpening(error, cancellationToken);
            throw;
        }

        _body.End();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Abandon();
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
