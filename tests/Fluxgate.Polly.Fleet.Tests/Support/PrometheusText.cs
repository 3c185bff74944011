using System.Buffers;
using System.Text;

namespace Fluxgate;

/// <summary>Reads the page of Prometheus metrics.</summary>
internal static class PrometheusText
{
    public static string Of(PrometheusMetrics metrics)
    {
        var output = new ArrayBufferWriter<byte>();
        metrics.Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
