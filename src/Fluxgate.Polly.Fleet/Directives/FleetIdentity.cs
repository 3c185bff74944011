namespace Fluxgate;

/// <summary>Who a member is.</summary>
internal readonly record struct FleetIdentity(string Id, string? Zone)
{
    private const int MostOfMachine = 64;

    /// <summary>Returns an identifier that no other process has: the name of the machine says where it runs.</summary>
    public static string NewId()
    {
        var machine = Environment.MachineName;
        return FormattableString.Invariant($"{machine[..Math.Min(machine.Length, MostOfMachine)]}-{Random.Shared.Next():x8}");
    }
}
