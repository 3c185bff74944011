using System.Reflection;
using Xunit.Sdk;

namespace Fluxgate;

/// <summary>Runs a theory twice: with Polly's breaker and with Fluxgate's.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BothBreakersAttribute : DataAttribute
{
    public const string Polly = "Polly";
    public const string Fluxgate = "Fluxgate";

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        [
            [Polly],
            [Fluxgate],
        ];
}
