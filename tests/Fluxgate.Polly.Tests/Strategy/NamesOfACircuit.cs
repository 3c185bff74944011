using Polly;

namespace Fluxgate;

public sealed class NamesOfACircuit
{
    [Theory]
    [InlineData("given", "name", "instance", "given")]
    [InlineData("given", null, null, "given")]
    [InlineData(null, "name", "instance", "name/instance")]
    [InlineData(null, "name", null, "name")]
    [InlineData(null, "name", "", "name")]
    [InlineData(null, null, "instance", "FluxgateBreaker")]
    [InlineData(null, "", "", "FluxgateBreaker")]
    [InlineData(null, null, null, "FluxgateBreaker")]
    public void A_circuit_is_named_by_its_options_or_after_its_builder(string? given, string? name, string? instance, string expected)
    {
        var witness = new Witness();
        var settings = new FluxgateBreakerSettings { Listeners = { witness } };
        new ResiliencePipelineBuilder { Name = name, InstanceName = instance }
            .AddFluxgateBreaker(new FluxgateBreakerOptions { CircuitName = given, Settings = settings })
            .Build();
        new ResiliencePipelineBuilder<int> { Name = name, InstanceName = instance }
            .AddFluxgateBreaker(new FluxgateBreakerOptions<int> { CircuitName = given, Settings = settings })
            .Build();
        Assert.Equal([expected, expected], witness.Attached.Select(breaker => breaker.Name));
    }

    [Fact]
    public void A_builder_is_asked_for_its_name_when_it_builds()
    {
        var witness = new Witness();
        var options = new FluxgateBreakerOptions { Settings = new() { Listeners = { witness } } };
        var builder = new ResiliencePipelineBuilder().AddFluxgateBreaker(options);
        builder.Name = "late";
        builder.Build();
        Assert.Equal("late", Assert.Single(witness.Attached).Name);
    }

    [Fact]
    public void The_strategy_itself_is_named_FluxgateBreaker_in_telemetry()
    {
        Assert.Equal("FluxgateBreaker", new FluxgateBreakerOptions().Name);
        Assert.Equal("FluxgateBreaker", new FluxgateBreakerOptions<int>().Name);
    }
}
