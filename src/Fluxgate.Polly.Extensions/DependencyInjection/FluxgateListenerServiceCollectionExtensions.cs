using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fluxgate;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides extension methods that add listeners to a container, for all of its breakers, those of groups included, or for the breaker or group of one name. Each listener is created once, before the first breaker.</summary>
/// <remarks>
/// If a listener cannot be created, the host does not start, or the first use of a breaker throws; the message contains its type and the
/// cause. The host does not start either if a listener is for a breaker that is not defined. With a configuration, which may define the
/// breaker later, the log contains a warning instead.
/// </remarks>
public static class FluxgateListenerServiceCollectionExtensions
{
    /// <summary>Adds a listener to every breaker of the container. Registers the type as a singleton unless it is registered already. A repeated call is a no-op.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TListener
    >(this IServiceCollection services)
        where TListener : class, IListener => AddType<TListener>(services, circuitName: null);

    /// <summary>Adds a listener as <see cref="AddFluxgateListener{TListener}(IServiceCollection)"/> does, for one breaker, or for all breakers of one group.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the breaker or group.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TListener
    >(this IServiceCollection services, string name)
        where TListener : class, IListener => AddType<TListener>(services, FluxgateBuilder.CircuitName(name));

    /// <summary>Adds a listener that a factory creates to every breaker of the container, which disposes it. Each call adds a listener.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="factory">Creates the listener. Called once.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)] // _ => new SomeListener() is also a valid Action<Signal>.
    public static IServiceCollection AddFluxgateListener<TListener>(
        this IServiceCollection services,
        Func<IServiceProvider, TListener> factory
    )
        where TListener : class, IListener => AddFactory(services, circuitName: null, factory);

    /// <summary>Adds a listener as <see cref="AddFluxgateListener{TListener}(IServiceCollection, Func{IServiceProvider, TListener})"/> does, for one breaker, or for all breakers of one group.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the breaker or group.</param>
    /// <param name="factory">Creates the listener. Called once.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static IServiceCollection AddFluxgateListener<TListener>(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, TListener> factory
    )
        where TListener : class, IListener => AddFactory(services, FluxgateBuilder.CircuitName(name), factory);

    /// <summary>Adds a listener to every breaker of the container, which does not dispose it. A repeated call with the same listener is a no-op.</summary>
    /// <param name="services">The services.</param>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, IListener listener) =>
        AddInstance(services, circuitName: null, listener);

    /// <summary>Adds a listener as <see cref="AddFluxgateListener(IServiceCollection, IListener)"/> does, for one breaker, or for all breakers of one group.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the breaker or group.</param>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, string name, IListener listener) =>
        AddInstance(services, FluxgateBuilder.CircuitName(name), listener);

    /// <summary>Adds a callback for the signals of every breaker of the container. Each call adds a listener.</summary>
    /// <param name="services">The services.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Action{Signal})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="onSignal"/> is an <c>async void</c> method, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, Action<Signal> onSignal) =>
        AddInstance(services, circuitName: null, Listener.From(onSignal));

    /// <summary>Adds a listener as <see cref="AddFluxgateListener(IServiceCollection, Action{Signal})"/> does, for one breaker, or for all breakers of one group.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the breaker or group.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Action{Signal})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, <paramref name="onSignal"/> is an <c>async void</c> method, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, string name, Action<Signal> onSignal) =>
        AddInstance(services, FluxgateBuilder.CircuitName(name), Listener.From(onSignal));

    /// <summary>Adds an asynchronous callback for the signals of every breaker of the container. Each breaker has its own queue. Each call adds a listener.</summary>
    /// <param name="services">The services.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Func{Signal, CancellationToken, ValueTask})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(
        this IServiceCollection services,
        Func<Signal, CancellationToken, ValueTask> onSignal
    ) => AddInstance(services, circuitName: null, Listener.From(onSignal));

    /// <summary>Adds a listener as <see cref="AddFluxgateListener(IServiceCollection, Func{Signal, CancellationToken, ValueTask})"/> does, for one breaker, or for all breakers of one group.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the breaker or group.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Func{Signal, CancellationToken, ValueTask})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(
        this IServiceCollection services,
        string name,
        Func<Signal, CancellationToken, ValueTask> onSignal
    ) => AddInstance(services, FluxgateBuilder.CircuitName(name), Listener.From(onSignal));

    private static IServiceCollection AddType<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TListener>(
        IServiceCollection services,
        string? circuitName
    )
        where TListener : class, IListener
    {
        services.AddFluxgate();
        services.TryAddSingleton<TListener>();
        // Delegates of one static method are equal, and so are equal registrations.
        return Add(services, new(circuitName, typeof(TListener), Resolve<TListener>));
    }

    private static IServiceCollection AddFactory<TListener>(
        IServiceCollection services,
        string? circuitName,
        Func<IServiceProvider, TListener> factory
    )
        where TListener : class, IListener
    {
        services.AddFluxgate();
        ArgumentNullException.ThrowIfNull(factory);
        var key = new object();
        services.AddKeyedSingleton<IListener>(
            key,
            (provider, _) => factory(provider) ?? throw new InvalidOperationException("the factory returned null.")
        );
        return Add(services, new(circuitName, typeof(TListener), provider => provider.GetRequiredKeyedService<IListener>(key)));
    }

    private static IServiceCollection AddInstance(IServiceCollection services, string? circuitName, IListener listener)
    {
        services.AddFluxgate();
        ArgumentNullException.ThrowIfNull(listener);
        return Add(services, new(circuitName, listener.GetType(), listener.Itself));
    }

    private static IListener Itself(this IListener listener, IServiceProvider _) => listener;

    // Duplicates are removed when the listeners are created: a search here would read all services on every call.
    private static IServiceCollection Add(IServiceCollection services, ListenerRegistration registration)
    {
        services.AddSingleton(registration);
        if (registration.CircuitName is { } name)
        {
            services.AddSingleton(new BreakerReference(name, $"The listener {registration.Type}", MayBeGroup: true));
        }

        return services;
    }

    private static IListener Resolve<TListener>(IServiceProvider services)
        where TListener : class, IListener => services.GetRequiredService<TListener>();
}
