using Polly;

namespace Fluxgate;

public sealed class CircuitNames
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
    public void A_circuit_is_named_by_its_options_or_its_builder(string? given, string? name, string? instance, string expected)
    {
        var witness = new AttachmentRecorder();
        var settings = new FluxgateBreakerSettings { Listeners = { witness } };
        new ResiliencePipelineBuilder { Name = name, InstanceName = instance }
            .AddFluxgateBreaker(new FluxgateBreakerOptions { CircuitName = given, Settings = settings })
            .Build();
        new ResiliencePipelineBuilder<int> { Name = name, InstanceName = instance }
            .AddFluxgateBreaker(new FluxgateBreakerOptions<int> { CircuitName = given, Settings = settings })
            .Build();
        Assert.Equal([expected, expected], witness.Attached.Select(breaker => breaker.Name));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(256, 0)]
    [InlineData(1, 254)]
    [InlineData(254, 1)]
    public void A_name_of_at_most_256_characters_is_kept(int name, int instance)
    {
        var expected = instance == 0 ? new string('n', name) : $"{new string('n', name)}/{new string('i', instance)}";
        Assert.Equal(expected, NameAfter(new('n', name), new('i', instance)));
    }

    [Theory]
    [InlineData(257, 0)]
    [InlineData(1, 255)]
    [InlineData(255, 1)]
    [InlineData(10, 253)]
    [InlineData(100_000, 100_000)]
    public void A_longer_name_is_its_beginning_and_a_hash(int name, int instance)
    {
        var whole = instance == 0 ? new string('n', name) : $"{new string('n', name)}/{new string('i', instance)}";
        var shortened = NameAfter(new('n', name), new('i', instance));
        Assert.Equal(256, shortened.Length);
        Assert.Matches("^~[0-9a-f]{32}$", shortened[223..]);
        Assert.Equal(whole[..223], shortened[..223]);
        Assert.Equal(shortened, NameAfter(new('n', name), new('i', instance)));
    }

    [Fact]
    public void The_hash_is_the_same_in_every_process()
    {
        Assert.Equal($"{new string('n', 223)}~cd5124b3f85fe53468fb23a94382ea9e", NameAfter(new('n', 300), null));
    }

    [Fact]
    public void Long_names_that_differ_in_one_character_are_different()
    {
        var beginning = new string('n', 300);
        string[] names =
        [
            NameAfter(beginning, "a"),
            NameAfter(beginning, "b"),
            NameAfter(beginning, null),
            NameAfter(beginning, "\uD83D"),
            NameAfter(beginning, "\uD83E"),
        ];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_long_name_is_not_truncated_within_a_character()
    {
        var name = NameAfter(string.Concat(Enumerable.Repeat("\U0001F4B3", 200)), null);
        Assert.Equal(255, name.Length);
        Assert.DoesNotContain('\uFFFD', Circuits.Encodable(name));
    }

    [Fact]
    public void The_name_of_the_builder_is_read_when_it_builds()
    {
        var witness = new AttachmentRecorder();
        var options = new FluxgateBreakerOptions { Settings = new() { Listeners = { witness } } };
        var builder = new ResiliencePipelineBuilder().AddFluxgateBreaker(options);
        builder.Name = "late";
        builder.Build();
        Assert.Equal("late", Assert.Single(witness.Attached).Name);
    }

    [Fact]
    public void The_strategy_is_named_FluxgateBreaker_in_telemetry()
    {
        Assert.Equal("FluxgateBreaker", new FluxgateBreakerOptions().Name);
        Assert.Equal("FluxgateBreaker", new FluxgateBreakerOptions<int>().Name);
    }

    private static string NameAfter(string? name, string? instance)
    {
        var witness = new AttachmentRecorder();
        new ResiliencePipelineBuilder { Name = name, InstanceName = instance }
            .AddFluxgateBreaker(new FluxgateBreakerOptions { Settings = new() { Listeners = { witness } } })
            .Build();
        return Assert.Single(witness.Attached).Name;
    }
}
