#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>.NET 8 has no such attribute of its own; the compiler knows it by its name.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property, Inherited = false)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    public int Priority { get; } = priority;
}
#endif
