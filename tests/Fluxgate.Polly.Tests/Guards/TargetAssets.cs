using System.Reflection;
using System.Runtime.Versioning;

namespace Fluxgate;

public sealed class TargetAssets
{
    // Both targets run on the runtime of .NET 10, so that nothing else would show that one of them tests the wrong assets.
    [Fact]
    public void The_tests_of_a_target_framework_use_its_assets() =>
        Assert.Equal(TargetOf(typeof(TargetAssets).Assembly), TargetOf(typeof(FluxgateBreaker).Assembly));

    private static string? TargetOf(Assembly assembly) => assembly.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName;
}
