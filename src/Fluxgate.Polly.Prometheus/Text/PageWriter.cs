using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fluxgate;

/// <summary>Writes the families in the text format 0.0.4 or in OpenMetrics 1.0, each with its HELP and TYPE.</summary>
/// <remarks>
/// The formats differ in the names of counters, in UNIT and EOF, in the quotes of help texts and in the bounds of buckets. A family without
/// samples has its HELP and TYPE. A line is assembled from encoded parts: the name of the family, the circuit, and the labels, which are
/// mostly those of the previous circuit.
/// </remarks>
internal ref struct PageWriter(BreakerMetrics metrics, MetricsReading reading, PageFormat format, IBufferWriter<byte> output)
{
    private const string Total = "_total";
    private const string CircuitName = "circuit_name";

    private readonly MetricSamples _samples = new();
    private readonly LabelTexts _labels = new(metrics);
    private readonly byte[][] _circuits = Circuits(reading, metrics.LabelName(CircuitName));
    private Utf8Output _text = new(output);

    private readonly bool IsOpenMetrics => format == PageFormat.OpenMetrics;

    public static void Write(BreakerMetrics metrics, PageFormat format, IBufferWriter<byte> output)
    {
        var reading = metrics.Read();
        var writer = new PageWriter(metrics, reading, format, output);
        foreach (var family in reading.Families)
        {
            writer.Write(reading, family);
        }

        writer.End();
    }

    private void Write(MetricsReading reading, MetricFamily family)
    {
        WriteHeader(family);
        _labels.Begin(family);
        var name = Encoding.UTF8.GetBytes(family.Name);
        var histogram = family.Type == MetricType.Histogram ? new HistogramNames(family.Name) : null;
        var circuits = reading.CircuitsOf(family);
        for (var circuit = 0; circuit < circuits; circuit++)
        {
            reading.Read(family, circuit, _samples);
            var samples = _samples.All;
            ReadOnlySpan<byte> circuitText = family.IsPerCircuit ? _circuits[circuit] : [];
            for (var i = 0; i < samples.Length; i++)
            {
                ref readonly var sample = ref samples[i];
                var labels = _labels.Of(sample.Labels, i);
                if (histogram is not null && sample.Durations is { } durations)
                {
                    WriteHistogram(histogram, [.. circuitText, .. labels], durations);
                }
                else
                {
                    _text.AppendLine(name, circuitText, labels, sample.Value);
                }
            }
        }
    }

    private void WriteHeader(MetricFamily family)
    {
        var name = IsOpenMetrics && family.Type == MetricType.Counter ? family.Name[..^Total.Length] : family.Name;
        _text.Append("# HELP "u8);
        _text.Append(name);
        _text.Append(" "u8);
        _text.AppendHelp(family.Help, escapeQuotes: IsOpenMetrics);
        _text.Append("\n# TYPE "u8);
        _text.Append(name);
        _text.Append(
            family.Type switch
            {
                MetricType.Counter => " counter\n"u8,
                MetricType.Histogram => " histogram\n"u8,
                _ => " gauge\n"u8,
            }
        );
        if (IsOpenMetrics && family.Unit is { } unit)
        {
            _text.Append("# UNIT "u8);
            _text.Append(name);
            _text.Append(" "u8);
            _text.Append(unit);
            _text.Append("\n"u8);
        }
    }

    private void WriteHistogram(HistogramNames names, byte[] labels, DurationHistogram durations)
    {
        var close = _labels.Close;
        var bounds = names.BoundsOf(durations.Buckets, _labels.AreAny, IsOpenMetrics);
        var counts = durations.Counts;
        var below = 0L;
        for (var bucket = 0; bucket < bounds.Length; bucket++)
        {
            below += counts[bucket];
            _text.AppendLine(names.Bucket, labels, bounds[bucket], below);
        }

        _text.AppendLine(names.Sum, labels, close, durations.Sum.TotalSeconds);
        _text.AppendLine(names.Count, labels, close, durations.Count);
    }

    private void End()
    {
        if (IsOpenMetrics)
        {
            _text.Append("# EOF\n"u8);
        }

        _text.Flush();
    }

    private static byte[][] Circuits(MetricsReading reading, string label)
    {
        var names = reading.Circuits;
        var circuits = new byte[names.Count][];
        var buffer = new ArrayBufferWriter<byte>(Utf8Output.MinSpan);
        for (var i = 0; i < circuits.Length; i++)
        {
            buffer.ResetWrittenCount();
            var text = new Utf8Output(buffer);
            text.AppendLabel("{"u8, label, names[i]);
            text.Flush();
            circuits[i] = buffer.WrittenSpan.ToArray();
        }

        return circuits;
    }

    /// <summary>The encoded names of the series of a histogram, and its bounds as the last label of a line.</summary>
    private sealed class HistogramNames(string name)
    {
        private DurationBuckets? _buckets;
        private byte[][] _bounds = [];

        public byte[] Bucket { get; } = Encoding.UTF8.GetBytes($"{name}_bucket");

        public byte[] Sum { get; } = Encoding.UTF8.GetBytes($"{name}_sum");

        public byte[] Count { get; } = Encoding.UTF8.GetBytes($"{name}_count");

        public byte[][] BoundsOf(DurationBuckets buckets, bool areOtherLabels, bool isOpenMetrics)
        {
            if (!ReferenceEquals(buckets, _buckets))
            {
                var open = areOtherLabels ? ',' : '{';
                _bounds =
                [
                    .. buckets
                        .Seconds.Select(seconds => Bound(seconds, isOpenMetrics))
                        .Append("+Inf")
                        .Select(bound => Encoding.UTF8.GetBytes($"{open}le=\"{bound}\"}} ")),
                ];
                _buckets = buckets;
            }

            return _bounds;
        }

        /// <summary>Returns a bound as label text. OpenMetrics requires a decimal point or an exponent.</summary>
        private static string Bound(double seconds, bool isOpenMetrics)
        {
            var text = seconds.ToString("R", CultureInfo.InvariantCulture);
            return isOpenMetrics && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
        }
    }
}
