namespace Fluxgate;

/// <summary>The options of a breaker in a pipeline of any result type; see <see cref="FluxgateBreakerOptions{TResult}"/>.</summary>
/// <remarks>
/// No result is boxed with the default classification or with a <see cref="Tracker"/> of exceptions. Predicates that read results receive
/// them as <see cref="object"/>, so value types are boxed.
/// </remarks>
public class FluxgateBreakerOptions : FluxgateBreakerOptions<object>;
