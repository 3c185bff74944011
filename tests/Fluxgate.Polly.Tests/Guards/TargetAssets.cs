using System.Reflection;
using System.Runtime.Versioning;

namespace Fluxgate;

public sealed class TargetAssets
{
    // Both target frameworks run on the .NET 10 runtime, so nothing else would show that one of them tests the wrong assets.
    [Fact]
    public void The_tests_of_a_target_framework_use_its_assets() =>
        Assert.Equal(TargetOf(typeof(TargetAssets).Assembly), TargetOf(typeof(FluxgateBreaker).Assembly));

    private static string? TargetOf(Assembly assembly) => assembly.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName;
}
