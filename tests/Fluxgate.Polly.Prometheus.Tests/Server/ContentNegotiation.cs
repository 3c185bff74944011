namespace Fluxgate;

public sealed class ContentNegotiation
{
    // As Prometheus, scrapers, browsers and curl send them.
    private const string Prometheus242 =
        "application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private const string Prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    private const string Prometheus3WithNativeHistograms =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1";
    private const string Prometheus25 = "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private const string PrometheusTextOnly = "text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,*/*;q=0.1";
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    [Theory]
    [InlineData(Prometheus242)]
    [InlineData(Prometheus3)]
    [InlineData(Prometheus3WithNativeHistograms)]
    [InlineData("application/openmetrics-text")]
    [InlineData("APPLICATION/OpenMetrics-Text ; VERSION=\"1.0.0\" ; Q=0.1")]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=UTF-8")]
    [InlineData("text/plain;q=0.3, application/openmetrics-text;q=0.31")]
    [InlineData("text/plain, application/openmetrics-text")]
    [InlineData("*/*, application/openmetrics-text")]
    [InlineData("application/*, text/*;q=0.5")]
    [InlineData("text/plain;q=0, */*;q=0.1")]
    [InlineData("text/html;level=\"1,2;q=0\", application/openmetrics-text")]
    [InlineData("nonsense/, ;;, =, application/openmetrics-text;q=1.000")]
    public void OpenMetrics_is_returned_where_it_is_preferred(string accept)
    {
        Assert.Equal(PageFormat.OpenMetrics, Negotiation.FormatFor(accept));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Prometheus25)]
    [InlineData(PrometheusTextOnly)]
    [InlineData(Browser)]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    [InlineData("text/*, application/*")]
    [InlineData("text/plain, */*")]
    [InlineData("application/openmetrics-text;q=0")]
    [InlineData("application/openmetrics-text;q=0, */*")]
    [InlineData("application/openmetrics-text;q=0.5, text/plain;q=0.9")]
    // The more specific range applies in any order: 1.0.0 is not accepted, though other versions are.
    [InlineData("application/openmetrics-text;version=1.0.0;q=0, application/openmetrics-text;q=1, text/plain;q=0.1")]
    [InlineData("application/openmetrics-text;q=1, application/openmetrics-text;version=1.0.0;q=0, text/plain;q=0.1")]
    [InlineData("text/plain;version=0.0.4, text/plain;q=0.1, application/openmetrics-text;q=0.5")]
    [InlineData("application/openmetrics-text;charset=iso-8859-1, text/plain;q=0.1")]
    public void Text_is_returned_by_default(string? accept)
    {
        Assert.Equal(PageFormat.Text, Negotiation.FormatFor(accept));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain;q=0")]
    [InlineData("*/*;q=0")]
    [InlineData("application/openmetrics-text;version=0.0.1")]
    [InlineData("text/plain;version=1.0.0")]
    [InlineData("application/openmetrics-text;q=2")]
    [InlineData("application/openmetrics-text;q=-1")]
    [InlineData("application/openmetrics-text;q=high")]
    [InlineData("application/openmetrics-text;q=NaN")]
    [InlineData("application/openmetrics-text;q=")]
    [InlineData("application")]
    [InlineData("*/plain;*")]
    [InlineData("\"application/openmetrics-text")]
    [InlineData("q=1;;;,,,\\\"")]
    [InlineData("\0\u00FF")]
    public void Unsupported_or_malformed_Accept_headers_get_text(string accept)
    {
        Assert.Equal(PageFormat.Text, Negotiation.FormatFor(accept));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("gzip, deflate, br, zstd")]
    [InlineData("deflate, gzip;q=0.001")]
    [InlineData("gzip;q=0.5")]
    [InlineData("*")]
    [InlineData("br, *;q=0.1")]
    [InlineData("gzip;q=0.5, identity;q=0.5")]
    [InlineData("gzip;q=0.5, *;q=0")]
    [InlineData("identity;q=0, *")]
    public void Gzip_is_used_where_it_is_accepted(string acceptEncoding)
    {
        Assert.True(Negotiation.AcceptsGzip(acceptEncoding));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("br")]
    [InlineData("gzip;q=0")]
    [InlineData("gzip;q=0.0, *")]
    [InlineData("*;q=0")]
    [InlineData("gzip;q=0.5, identity")]
    [InlineData("gzip;q=0.5, *")]
    [InlineData("gzip;q=loud")]
    [InlineData("gzipped")]
    [InlineData("identity;q=0")]
    public void No_coding_is_used_where_gzip_is_not_accepted(string? acceptEncoding)
    {
        Assert.False(Negotiation.AcceptsGzip(acceptEncoding));
    }
}
