using System.Globalization;
using FsCheck;

namespace Fluxgate;

/// <summary>How many random values a property is tried on, and which.</summary>
/// <remarks>
/// The same ones in every run, so that a change that breaks nothing is never held up by a value nobody had thought of. Other ones, to look
/// for such values: <c>FLUXGATE_SEED=2 dotnet test …</c>. A failure prints its value, cut down to what it takes.
/// </remarks>
internal static class PropertyTrials
{
    private const ulong Usual = 20_260_601;

    private static readonly ulong Seed = Environment.GetEnvironmentVariable("FLUXGATE_SEED") is { Length: > 0 } seed
        ? ulong.Parse(seed, CultureInfo.InvariantCulture)
        : Usual;

    public static Config Of(int number) => Config.QuickThrowOnFailure.WithMaxTest(number).WithReplay(new Replay(new Rnd(Seed, 7), null));
}
