using System.Globalization;
using FsCheck;

namespace Fluxgate;

/// <summary>The number of random values with which a property is tested, and their seed.</summary>
/// <remarks>
/// The seed is fixed, so that no run fails because of a new value. To test other values, set
/// <c>FLUXGATE_SEED=2 dotnet test …</c>. A failure prints its value, shrunk to the smallest that fails.
/// </remarks>
internal static class PropertyTrials
{
    private const ulong Usual = 20_260_601;

    private static readonly ulong Seed = Environment.GetEnvironmentVariable("FLUXGATE_SEED") is { Length: > 0 } seed
        ? ulong.Parse(seed, CultureInfo.InvariantCulture)
        : Usual;

    public static Config Of(int number) => Config.QuickThrowOnFailure.WithMaxTest(number).WithReplay(new Replay(new Rnd(Seed, 7), null));
}
