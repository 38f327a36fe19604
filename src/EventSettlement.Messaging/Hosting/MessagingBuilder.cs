using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Bulk;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Messaging.Hosting;

/// <summary>What a slice tells the core: its messages, its topics and who handles them.</summary>
public sealed class MessagingBuilder
{
    public Topology Topology { get; } = new();

    public IList<string> Topics { get; } = [];

    /// <summary>Of the topics those that others write or read.</summary>
    public ISet<string> SharedTopics { get; } = new HashSet<string>();

    public IList<ConsumerBinding> Consumers { get; } = [];

    public IList<BulkBinding> Bulks { get; } = [];

    public IList<SagaBinding> Sagas { get; } = [];

    /// <summary>A topic that others write or read; where they made it, it keeps the partitions that it has.</summary>
    public MessagingBuilder SharedTopic(string name)
    {
        SharedTopics.Add(name);
        return Topic(name);
    }

    /// <summary>A topic to create at start.</summary>
    public MessagingBuilder Topic(string name)
    {
        if (!Topics.Contains(name))
            Topics.Add(name);
        return this;
    }

    /// <summary>
    /// The container's <typeparamref name="TConsumer"/> where it has one, else one made for this topic.
    /// </summary>
    public MessagingBuilder Consume<TConsumer>(string group, string topic)
        where TConsumer : class, IBatchConsumer =>
        Consume(group, topic, ActivatorUtilities.GetServiceOrCreateInstance<TConsumer>);

    /// <summary>For a consumer that differs by its topic: one type may serve several, an instance each.</summary>
    /// <param name="create">Called once in each process that serves the group.</param>
    public MessagingBuilder Consume(string group, string topic, Func<IServiceProvider, IBatchConsumer> create)
    {
        Consumers.Add(new ConsumerBinding(group, topic, create));
        return Topic(topic);
    }

    /// <param name="create">Called once in each process that serves the group, which reads this topic alone.</param>
    public MessagingBuilder ConsumeBulk(string group, string topic, Func<IServiceProvider, IBulkConsumer> create)
    {
        Bulks.Add(new BulkBinding(group, topic, create));
        return Topic(topic);
    }

    public MessagingBuilder ConsumeSaga<TMachine, TSaga, TMapper>(string group, string topic)
        where TMachine : class, SagaStateMachine<TSaga>
        where TSaga : class, SagaStateMachineInstance
        where TMapper : class, ISagaMapper<TSaga>
    {
        Sagas.Add(
            new SagaBinding(
                group,
                topic,
                typeof(TSaga),
                SagaEndpoint<TSaga>.Register<TMachine, TMapper>,
                services => new SagaEndpoint<TSaga>(services, group, topic)
            )
        );
        return Topic(topic);
    }

    /// <summary>One state machine on one topic.</summary>
    public sealed record SagaBinding(
        string Group,
        string Topic,
        Type Saga,
        Action<IBusRegistrationConfigurator> Register,
        Func<IServiceProvider, IBatchConsumer> Create
    );
}
