using System.Buffers;

namespace Fluxgate;

/// <summary>
/// The labels of a sample after that of the circuit, encoded: its own and the constant ones. The samples of one circuit mostly have the
/// labels that those of the circuit before had, so they are encoded once and kept by their place.
/// </summary>
internal sealed class LabelTexts(BreakerMetrics metrics)
{
    /// <summary>Samples beyond these, which no family of ours has, are encoded each time.</summary>
    private const int Kept = 64;

    private readonly List<Entry> _entries = [];
    private readonly ArrayBufferWriter<byte> _encoded = new(Utf8Output.Stretch);
    private string[] _names = [];
    private bool _isOfCircuits;
    private bool _isHistogram;

    /// <summary>Whether the family's lines have labels at all.</summary>
    public bool AreAny => _isOfCircuits || _names.Length + metrics.ConstantLabels.Count > 0;

    /// <summary>What stands between the labels and the number.</summary>
    public ReadOnlySpan<byte> Close => AreAny ? "} "u8 : " "u8;

    public void Begin(MetricFamily family)
    {
        _isHistogram = family.Type == MetricType.Histogram;
        _isOfCircuits = family.IsPerCircuit;
        _names = [.. family.Labels.Select(label => family.IsPerCircuit ? metrics.LabelName(label) : label)];
        _entries.ForEach(entry => entry.IsCurrent = false);
    }

    /// <summary>The labels of the sample at a place among those of its circuit, closed but for a histogram, whose bounds come behind them.</summary>
    public ReadOnlySpan<byte> Of(in MetricLabels labels, int place)
    {
        place = Math.Min(place, Kept);
        while (_entries.Count <= place)
        {
            _entries.Add(new());
        }

        var entry = _entries[place];
        if (!entry.IsCurrent || (_names.Length > 0 && entry.Labels != labels))
        {
            entry.IsCurrent = true;
            entry.Labels = labels;
            Encode(labels);
            entry.Keep(_encoded.WrittenSpan);
        }

        return entry.Text;
    }

    private void Encode(in MetricLabels labels)
    {
        _encoded.ResetWrittenCount();
        var text = new Utf8Output(_encoded);
        var separator = _isOfCircuits ? ","u8 : "{"u8;
        for (var i = 0; i < _names.Length; i++)
        {
            text.AppendLabel(separator, _names[i], labels[i]!);
            separator = ","u8;
        }

        foreach (var (name, value) in metrics.ConstantLabels)
        {
            text.AppendLabel(separator, name, value);
            separator = ","u8;
        }

        if (!_isHistogram)
        {
            text.Append(Close);
        }

        text.Flush();
    }

    private sealed class Entry
    {
        private byte[] _text = [];
        private int _length;

        public bool IsCurrent { get; set; }

        public MetricLabels Labels { get; set; }

        public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

        public void Keep(ReadOnlySpan<byte> text)
        {
            _length = text.Length;
            if (_text.Length < _length)
            {
                _text = new byte[_length];
            }

            text.CopyTo(_text);
        }
    }
}
