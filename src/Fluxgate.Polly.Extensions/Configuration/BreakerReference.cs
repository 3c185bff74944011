namespace Fluxgate;

/// <summary>Something of the application that refers to a breaker or a group by name.</summary>
/// <param name="Name">The name of the breaker, or that of the settings of the group (see <see cref="GroupNames"/>).</param>
/// <param name="Subject">What refers to it, as the beginning of a sentence: <c>The health check 'fluxgate-payments'</c>.</param>
/// <param name="MayBeGroup">Whether the name may be that of a group too.</param>
internal sealed record BreakerReference(string Name, string Subject, bool MayBeGroup = false)
{
    public bool IsDefined(BreakerNames names) =>
        names.Find(Name) is not null || (MayBeGroup && names.Find(GroupNames.SettingsOf(Name)) is not null);
}
