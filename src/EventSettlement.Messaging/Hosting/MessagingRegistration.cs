using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Log.Kafka;
using EventSettlement.Messaging.Log.Postgres;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Parked;
using EventSettlement.Messaging.Timers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventSettlement.Messaging.Hosting;

/// <summary>Adds the core to a host. The host registers its hot NpgsqlDataSource, with the planner pinned.</summary>
public static class MessagingRegistration
{
    public static IServiceCollection AddMessaging(
        this IServiceCollection services,
        MessagingOptions options,
        Action<MessagingBuilder> configure
    )
    {
        var builder = new MessagingBuilder();
        configure(builder);
        services.AddSingleton(options).AddSingleton(builder).AddSingleton(builder.Topology);
        services.AddSingleton<Wakeup>().AddSingleton<LogTopics>();
        AddLog(services, options);
        services.AddSingleton<Takeover>().AddSingleton<BatchTransactions>().AddSingleton<OffsetStore>();
        services.AddSingleton<GroupTroubles>();
        services.AddSingleton<DueMover>().AddSingleton<ParkedMessages>();
        foreach (var consumer in builder.Consumers)
            services.AddSingleton(consumer);
        services.AddSingleton<BulkTransactions>();
        foreach (var bulk in builder.Bulks)
            services.AddSingleton(bulk);
        if (builder.Sagas.Count > 0)
            services.AddSagaEndpoints(builder);
        services.AddSingleton<MessagingHost>();
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<MessagingHost>());
    }

    private static void AddLog(IServiceCollection services, MessagingOptions options)
    {
        if (options.Log == "kafka")
        {
            services.AddSingleton(_ => new KafkaClients(
                options.Bootstrap ?? throw new InvalidOperationException("Kafka needs a bootstrap address"),
                options.Kafka
            ));
            services.AddSingleton<IEventLog, KafkaEventLog>();
            services.AddSingleton<IOutgoingWriter, OutboxWriter>().AddSingleton<OutboxRelay>();
            return;
        }

        services.AddSingleton<IEventLog, PostgresEventLog>().AddSingleton<IOutgoingWriter, PostgresLogWriter>();
    }
}
