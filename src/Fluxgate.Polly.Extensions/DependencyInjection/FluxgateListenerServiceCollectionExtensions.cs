using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fluxgate;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds listeners that the container makes, for all of its breakers or for one. Each is made once, before the first breaker.</summary>
/// <remarks>
/// A listener that cannot be made fails the start of the host, or the first use of a breaker, with its type and the cause. So does, at the
/// start of a host, one for a breaker that nothing names; where a configuration may still name it there is a warning.
/// </remarks>
public static class FluxgateListenerServiceCollectionExtensions
{
    /// <summary>Has a listener hear every breaker of the container. It is registered as a singleton of its type unless it is registered already. Again does nothing.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TListener
    >(this IServiceCollection services)
        where TListener : class, IListener => AddType<TListener>(services, circuitName: null);

    /// <summary>As <see cref="AddFluxgateListener{TListener}(IServiceCollection)"/>, for one breaker.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The breaker's name.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TListener
    >(this IServiceCollection services, string name)
        where TListener : class, IListener => AddType<TListener>(services, FluxgateBuilder.CircuitName(name));

    /// <summary>Has a listener of a factory hear every breaker of the container, which disposes it. Each call adds one.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="make">Makes the listener; called once.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)] // _ => new SomeListener() could be a lambda that hears signals, too.
    public static IServiceCollection AddFluxgateListener<TListener>(
        this IServiceCollection services,
        Func<IServiceProvider, TListener> make
    )
        where TListener : class, IListener => AddFactory(services, circuitName: null, make);

    /// <summary>As <see cref="AddFluxgateListener{TListener}(IServiceCollection, Func{IServiceProvider, TListener})"/>, for one breaker.</summary>
    /// <typeparam name="TListener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="make">Makes the listener; called once.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static IServiceCollection AddFluxgateListener<TListener>(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, TListener> make
    )
        where TListener : class, IListener => AddFactory(services, FluxgateBuilder.CircuitName(name), make);

    /// <summary>Has a listener hear every breaker of the container, which does not dispose it. The same again does nothing.</summary>
    /// <param name="services">The services.</param>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, IListener listener) =>
        AddInstance(services, circuitName: null, listener);

    /// <summary>As <see cref="AddFluxgateListener(IServiceCollection, IListener)"/>, for one breaker.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="listener">An <see cref="ICircuitListener"/> or an <see cref="IAsyncCircuitListener"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, string name, IListener listener) =>
        AddInstance(services, FluxgateBuilder.CircuitName(name), listener);

    /// <summary>Has a lambda hear the signals of every breaker of the container. Each call adds one.</summary>
    /// <param name="services">The services.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Action{Signal})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="onSignal"/> is an <c>async void</c> method, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, Action<Signal> onSignal) =>
        AddInstance(services, circuitName: null, Listener.From(onSignal));

    /// <summary>As <see cref="AddFluxgateListener(IServiceCollection, Action{Signal})"/>, for one breaker.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The breaker's name.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Action{Signal})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, <paramref name="onSignal"/> is an <c>async void</c> method, or an argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(this IServiceCollection services, string name, Action<Signal> onSignal) =>
        AddInstance(services, FluxgateBuilder.CircuitName(name), Listener.From(onSignal));

    /// <summary>Has an asynchronous lambda hear the signals of every breaker of the container, behind a queue for each. Each call adds one.</summary>
    /// <param name="services">The services.</param>
    /// <param name="onSignal">See <see cref="Listener.From(Func{Signal, CancellationToken, ValueTask})"/>.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddFluxgateListener(
        this IServiceCollection services,
        Func<Signal, CancellationToken, ValueTask> onSignal
    ) => AddInstance(services, circuitName: null, Listener.From(onSignal));

    /// <summary>As <see cref="AddFluxgateListener(IServiceCollection, Func{Signal, CancellationToken, ValueTask})"/>, for one breaker.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The breaker's name.</param>
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
        // One delegate a type, so that equal registrations are equal.
        return Add(services, new(circuitName, typeof(TListener), OfType<TListener>.Resolve));
    }

    private static IServiceCollection AddFactory<TListener>(
        IServiceCollection services,
        string? circuitName,
        Func<IServiceProvider, TListener> make
    )
        where TListener : class, IListener
    {
        services.AddFluxgate();
        ArgumentNullException.ThrowIfNull(make);
        var key = new object();
        services.AddKeyedSingleton<IListener>(
            key,
            (provider, _) => make(provider) ?? throw new InvalidOperationException("its factory gave null.")
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

    // Equal registrations count once, when the listeners are made: looking for them here would look at all services each time.
    private static IServiceCollection Add(IServiceCollection services, ListenerRegistration registration)
    {
        services.AddSingleton(registration);
        if (registration.CircuitName is { } name)
        {
            services.AddSingleton(new BreakerReference(name, $"The listener {registration.Type}"));
        }

        return services;
    }

    private static class OfType<TListener>
        where TListener : class, IListener
    {
        public static readonly Func<IServiceProvider, IListener> Resolve = provider => provider.GetRequiredService<TListener>();
    }
}
