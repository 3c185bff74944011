#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>Supplies the attribute of .NET 9 to .NET 8; compilers find it by name. It makes <c>AddFluxgateBreaker(new() { … })</c> resolve to the overload with options.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    public int Priority { get; } = priority;
}
#endif
