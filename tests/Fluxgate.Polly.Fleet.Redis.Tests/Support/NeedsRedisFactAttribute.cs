namespace Fluxgate;

/// <summary>A test that runs a redis-server; skipped with the command to install it where it is missing. CI accepts no skipped tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsRedisFactAttribute : Xunit.FactAttribute
{
    public NeedsRedisFactAttribute() => Skip = RedisProcess.Missing;
}

/// <summary>As <see cref="NeedsRedisFactAttribute"/>, for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsRedisTheoryAttribute : Xunit.TheoryAttribute
{
    public NeedsRedisTheoryAttribute() => Skip = RedisProcess.Missing;
}
