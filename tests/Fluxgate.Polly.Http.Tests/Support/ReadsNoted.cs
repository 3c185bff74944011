using System.Net;
using System.Threading.Channels;

namespace Fluxgate;

/// <summary>Notes that HttpClient begins to buffer a body.</summary>
internal sealed class ReadsNoted(ChannelWriter<bool> reads) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        WithNotes(await base.SendAsync(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        WithNotes(base.Send(request, cancellationToken));

    private HttpResponseMessage WithNotes(HttpResponseMessage response)
    {
        response.Content = new Body(response.Content, reads);
        return response;
    }

    private sealed class Body : HttpContent
    {
        private readonly HttpContent _content;
        private readonly ChannelWriter<bool> _reads;

        public Body(HttpContent content, ChannelWriter<bool> reads)
        {
            (_content, _reads) = (content, reads);
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _reads.TryWrite(true);
            return _content.CopyToAsync(stream, context, cancellationToken);
        }

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _reads.TryWrite(true);
            _content.CopyTo(stream, context, cancellationToken);
        }

        protected override Task<Stream> CreateContentReadStreamAsync() => _content.ReadAsStreamAsync();

        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => _content.ReadAsStream(cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _content.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
