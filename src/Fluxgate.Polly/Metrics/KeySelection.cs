namespace Fluxgate;

/// <summary>
/// Selects the keys of a group that have series of their own. While there are more keys than places, circuits that restrict calls come first,
/// then those in another state than closed. Among equals, a key keeps the place that it has; the other places go to the keys with the most
/// failures and rejections since the last reading. So a key that is shown is only replaced by one in a worse condition.
/// </summary>
/// <remarks>
/// The reading in which a key appears shows its counts as of the reading before, which are zero if the key is new: the series begin before the
/// events that made the key appear, so <c>increase()</c> includes them.
/// </remarks>
internal sealed class KeySelection
{
    // By the number of the circuit, which references nothing.
    private readonly Dictionary<long, Counts> _before = [];
    private HashSet<long> _shown = [];
    private bool _isFirst = true;

    /// <summary>Selects the keys for one reading. Readings are selected one after the other.</summary>
    public IReadOnlyList<KeyReading> Select(BreakerGroupSnapshot group)
    {
        lock (this)
        {
            var selected = group.Circuits.Count <= group.MaxKeySeries ? [.. group.Circuits] : WorstOf(group.Circuits, group.MaxKeySeries);
            Array.Sort(selected, static (one, other) => string.CompareOrdinal(one.Key, other.Key));
            var readings = new List<KeyReading>(selected.Length);
            var shown = new HashSet<long>(selected.Length);
            var labels = new HashSet<string>(selected.Length, StringComparer.Ordinal);
            foreach (var circuit in selected)
            {
                // Keys that differ only in lone surrogates have one label. The first of them is shown.
                var label = Circuits.Encodable(DerivedName.Of(circuit.Key));
                if (labels.Add(label))
                {
                    shown.Add(circuit.Number);
                    var counts =
                        _isFirst || _shown.Contains(circuit.Number) ? new(circuit) : _before.GetValueOrDefault(circuit.Number, Counts.None);
                    readings.Add(new(label, circuit.State, counts.Transitions, counts.Failures, counts.Rejected));
                }
            }

            (_shown, _isFirst) = (shown, false);
            Remember(group.Circuits, selected.Length);
            return readings;
        }
    }

    private GroupCircuit[] WorstOf(IReadOnlyList<GroupCircuit> circuits, int count)
    {
        var ranked = new (GroupCircuit Circuit, int Rank, long Growth)[circuits.Count];
        for (var i = 0; i < ranked.Length; i++)
        {
            var circuit = circuits[i];
            var before = _before.GetValueOrDefault(circuit.Number, Counts.None);
            var rank =
                circuit.State is BreakerState.Open or BreakerState.ForcedOpen or BreakerState.HalfOpen ? 0
                : circuit.State != BreakerState.Closed ? 2
                : 4;
            var isShown = _shown.Contains(circuit.Number);
            ranked[i] = (circuit, isShown ? rank : rank + 1, circuit.Failures + circuit.Rejected - before.Failures - before.Rejected);
        }

        Array.Sort(
            ranked,
            static (one, other) =>
                one.Rank != other.Rank ? one.Rank.CompareTo(other.Rank)
                : one.Growth != other.Growth ? other.Growth.CompareTo(one.Growth)
                : string.CompareOrdinal(one.Circuit.Key, other.Circuit.Key)
        );
        return [.. ranked.Take(count).Select(one => one.Circuit)];
    }

    /// <summary>Keeps the counts of all keys while not all are shown: each may appear in the next reading, and all are ranked by how much their counts grow.</summary>
    private void Remember(IReadOnlyList<GroupCircuit> circuits, int selected)
    {
        _before.Clear();
        if (circuits.Count == selected)
        {
            return;
        }

        foreach (var circuit in circuits)
        {
            _before[circuit.Number] = new(circuit);
        }
    }

    private readonly record struct Counts(History Transitions, long Failures, long Rejected)
    {
        public static readonly Counts None = new(History.None, 0, 0);

        public Counts(GroupCircuit circuit)
            : this(circuit.History, circuit.Failures, circuit.Rejected) { }
    }
}

/// <summary>The series of one key of a group.</summary>
/// <param name="Label">The value of the label <c>key</c>.</param>
/// <param name="State">The state.</param>
/// <param name="Transitions">The history with the numbers of transitions.</param>
/// <param name="Failures">The number of failures.</param>
/// <param name="Rejected">The number of rejections.</param>
internal readonly record struct KeyReading(string Label, BreakerState State, History Transitions, long Failures, long Rejected);
