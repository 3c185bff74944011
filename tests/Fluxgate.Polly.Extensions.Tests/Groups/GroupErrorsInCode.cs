using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fluxgate;

public sealed class GroupErrorsInCode
{
    [Fact]
    public void An_unknown_group_throws_with_the_closest_name()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreakerGroup("tenants").AddBreaker("tenant-list"));
        var error = Assert.Throws<KeyNotFoundException>(() => services.Breakers().GetGroup("tennants"));
        Assert.Equal(
            "No group is named 'tennants'. Did you mean 'tenants'? Known groups: 'tenants'. Add it with AddBreakerGroup or under BreakerGroups in the configuration.",
            error.Message
        );
        Assert.False(services.Breakers().TryGetGroup("tennants", out _));
        Assert.Throws<KeyNotFoundException>(() => services.Breakers()["tenants"]);
        Assert.Throws<ArgumentNullException>(() => services.Breakers().GetGroup(null!));
    }

    [Fact]
    public void Invalid_names_and_arguments_throw()
    {
        var builder = new ServiceCollection().AddFluxgate();
        Assert.Throws<ArgumentNullException>(() => builder.AddBreakerGroup(null!));
        Assert.Throws<ArgumentException>(() => builder.AddBreakerGroup(""));
        Assert.Throws<ArgumentException>(() => builder.AddBreakerGroup(new string('x', 257)));
        Assert.Throws<ArgumentNullException>(() => builder.AddBreakerGroup("tenants", null!));
        Assert.StartsWith(
            "name must not begin with 'BreakerGroups:', but is 'breakergroups:tenants'",
            Assert.Throws<ArgumentException>(() => builder.AddBreaker("breakergroups:tenants")).Message
        );
    }

    [Fact]
    public void A_breaker_and_a_group_of_one_name_are_an_error()
    {
        using var services = DiContainer.Of(services => services.AddFluxgate().AddBreakerGroup("tenants").AddBreaker("Tenants"));
        var error = Assert.ThrowsAny<OptionsValidationException>(services.Breakers().Start);
        Assert.Equal("The name 'Tenants' is defined both as a breaker and as a group. Rename one of them.", error.Message);
    }

    [Fact]
    public void Invalid_settings_in_code_are_reported_with_the_group_and_the_key()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreakerGroup(
                    "tenants",
                    group =>
                    {
                        group.Options.IdleTimeout = TimeSpan.Zero;
                        group.Options.Overrides["none"] = null!;
                        group.Configure("a\nb", own => own.ProbeLease = TimeSpan.Zero);
                    }
                )
        );
        var error = Assert.ThrowsAny<OptionsValidationException>(services.Breakers().Start);
        Assert.Equal(
            [
                "The settings of circuit breakers have 3 errors:",
                "- Group 'tenants': IdleTimeout must be greater than zero, or Timeout.InfiniteTimeSpan for never, but is 00:00:00.",
                "- Group 'tenants': key 'none': the settings must not be null.",
                "- Group 'tenants': key 'a b': ProbeLease must be greater than zero, but is 00:00:00.",
            ],
            error.Message.Split(Environment.NewLine)
        );
    }

    [Fact]
    public void Invalid_settings_of_a_group_are_not_repeated_for_each_key()
    {
        using var services = DiContainer.Of(services =>
            services
                .AddFluxgate()
                .AddBreakerGroup(
                    "tenants",
                    group =>
                    {
                        group.Settings.ProbeLease = TimeSpan.Zero;
                        group.Configure("acme", own => own.AbandonedAfter = TimeSpan.FromSeconds(1));
                    }
                )
        );
        var error = Assert.ThrowsAny<OptionsValidationException>(() => services.Breakers().GetGroup("tenants"));
        Assert.Equal("Group 'tenants': ProbeLease must be greater than zero, but is 00:00:00.", error.Message);
    }

    [Fact]
    public void Misspelled_names_are_warnings_as_for_breakers()
    {
        using var world = new GroupsWorld(more: services =>
        {
            services.AddFluxgate().AddBreakerGroup("tenant").AddBreaker("tenants-list").AddBreakerGroup("us");
            services.Configure<FluxgateBreakerSettings>("BreakerGroups:Tenants", _ => { });
        });
        Assert.Equal(
            [
                "The options named 'BreakerGroups:Tenants' configure no circuit breaker: options names are case-sensitive, and the breaker is named 'BreakerGroups:tenants'.",
                "The configuration defines the circuit breaker 'BreakerGroups:tenants', and code defines 'BreakerGroups:tenant'. They are two breakers. If one is meant, use the same name in both; if two are meant, define both in code.",
            ],
            world.Log.At(LogLevel.Warning)
        );
    }
}
