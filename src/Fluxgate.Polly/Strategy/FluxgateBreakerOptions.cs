namespace Fluxgate;

/// <summary>How a breaker stands in a pipeline of any result type; see <see cref="FluxgateBreakerOptions{TResult}"/>.</summary>
/// <remarks>
/// With the default or an exception <see cref="Tracker"/> no result is boxed. Predicates that look at results get them as
/// <see cref="object"/>, and must box.
/// </remarks>
public class FluxgateBreakerOptions : FluxgateBreakerOptions<object>;
