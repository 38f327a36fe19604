using EventSettlement.Messaging.Endpoint;
using EventSettlement.Messaging.Outgoing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Puts the state machines of a <see cref="MessagingBuilder"/> into the container.</summary>
public static class SagaRegistration
{
    /// <summary>
    /// Adds a <see cref="ConsumerBinding"/> for every saga. Needs an <see cref="Npgsql.NpgsqlDataSource"/> with the
    /// pinned planner in the container. MassTransit's bus is there as a host only and is never started.
    /// </summary>
    public static IServiceCollection AddSagaEndpoints(this IServiceCollection services, MessagingBuilder messaging) =>
        services.AddSagaEndpoints(messaging, _ => { });

    /// <param name="more">What else the endpoints' pipelines run, such as MassTransit consumers.</param>
    internal static IServiceCollection AddSagaEndpoints(
        this IServiceCollection services,
        MessagingBuilder messaging,
        Action<IBusRegistrationConfigurator> more
    )
    {
        services.TryAddSingleton(messaging.Topology);
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(check => check.MinimalFailureStatus = HealthStatus.Healthy);
            foreach (var saga in messaging.Sagas)
                saga.Register(bus);
            more(bus);
            bus.UsingInMemory();
        });
        services.RemoveMassTransitHostedService();
        OutsideBatchGuard.Register(services);
        foreach (var saga in messaging.Sagas)
            services.AddSingleton(new ConsumerBinding(saga.Group, saga.Topic, saga.Create));
        return services;
    }
}
