#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>As .NET 9 has it: compilers look for the name alone. With it <c>AddFluxgateBreaker(new() { … })</c> means the options.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    public int Priority { get; } = priority;
}
#endif
