namespace Fluxgate;

/// <summary>Builds parts from specs: a spec with a custom part always yields the same object, any other spec a new one each time.</summary>
internal sealed class PartFactory(Faults faults, int chance)
{
    private readonly Dictionary<object, object> _users = new(ReferenceEqualityComparer.Instance);

    public Func<double> Randomizer { get; } = new SharedRandom(chance, faults).Next;

    public T Build<T>(object spec, Func<Faults, T> build)
        where T : class
    {
        if (!IsUsers(spec))
        {
            return build(faults);
        }

        if (!_users.TryGetValue(spec, out var part))
        {
            _users.Add(spec, part = build(faults));
        }

        return (T)part;
    }

    /// <summary>Returns whether two specs are the same setting: by their text if all parts are built in, otherwise only as the same object.</summary>
    public static bool AreSame(object before, object now) =>
        ReferenceEquals(before, now) || (!IsUsers(before) && !IsUsers(now) && before.ToString() == now.ToString());

    private static bool IsUsers(object spec) =>
        spec switch
        {
            RuleSpec rule => rule.Leaves.Any(leaf => leaf is RuleSpec.Own),
            PermitSpec permit => permit.Leaves.Any(leaf => leaf is PermitSpec.Own),
            RecoverySpec recovery => recovery.Leaves.Any(leaf => leaf is RecoverySpec.Own),
            _ => spec is WindowSpec.Own or BreakSpec.Own or GateSpec,
        };
}
