using static Fluxgate.Broken;

namespace Fluxgate;

/// <summary>A call draws a break while the settings change: the break must not apply to the reconfigured circuit.</summary>
public sealed class LateBreaks
{
    [Fact]
    public void A_break_drawn_too_late_is_not_reported_as_hung()
    {
        World? world = null;
        var draws = 0;
        Action? asked = null;
        TimeSpan Draw()
        {
            if (draws++ == 0)
            {
                world!.Breaker.Reconfigure(new() { Tripper = HalfOpenWorld.QuietRule });
            }

            return TimeSpan.FromSeconds(1);
        }

        bool Fires()
        {
            Interlocked.Exchange(ref asked, null)?.Invoke();
            return true;
        }

        world = new(new() { Tripper = new OwnTripper(Fires), BreakDuration = new OwnBreak(Draw) });

        // While the rule is evaluated for one call, another call fires and draws a break until the settings have changed.
        asked = () =>
        {
            world.Fail();
            Assert.Equal((BreakerState.Closed, 1), (world.State, draws));
            world.Time.Advance(FluxgateDefaults.UserCodePatience);
        };
        world.Fail();

        Assert.Equal((BreakerState.Closed, 0), (world.State, world.Now.UserErrors(UserErrorSource.BreakDuration)));
    }
}
