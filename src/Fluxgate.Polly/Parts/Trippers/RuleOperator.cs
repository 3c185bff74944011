namespace Fluxgate;

/// <summary>How a rule combines its parts.</summary>
public enum RuleOperator
{
    /// <summary><c>&amp;</c>: the rule fires when all of its parts fire.</summary>
    All = 0,

    /// <summary><c>|</c>: the rule fires when at least one of its parts fires.</summary>
    Any = 1,
}
