using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Messaging.Sagas;
using MassTransit;

namespace EventSettlement.Messaging.Hosting;

/// <summary>What a slice tells the core: its messages, its topics and who handles them.</summary>
public sealed class MessagingBuilder
{
    public Topology Topology { get; } = new();

    public IList<string> Topics { get; } = [];

    /// <summary>Of the topics those that others write or read.</summary>
    public ISet<string> SharedTopics { get; } = new HashSet<string>();

    public IList<(string Group, string Topic, Type Consumer)> Consumers { get; } = [];

    public IList<SagaRegistration> Sagas { get; } = [];

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

    public MessagingBuilder Consume<TConsumer>(string group, string topic)
        where TConsumer : class, IBatchConsumer
    {
        Consumers.Add((group, topic, typeof(TConsumer)));
        return Topic(topic);
    }

    public MessagingBuilder ConsumeSaga<TMachine, TSaga, TMapper>(string group, string topic)
        where TMachine : class, SagaStateMachine<TSaga>
        where TSaga : class, SagaStateMachineInstance
        where TMapper : class, ISagaMapper<TSaga>
    {
        Sagas.Add(
            new SagaRegistration(
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
    public sealed record SagaRegistration(
        string Group,
        string Topic,
        Type Saga,
        Action<IBusRegistrationConfigurator> Register,
        Func<IServiceProvider, IBatchConsumer> Create
    );
}
