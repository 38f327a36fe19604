using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Tests.Messaging;

public sealed class MessagingBuilderTests
{
    [Fact]
    public void One_type_of_consumer_serves_several_topics_an_instance_each()
    {
        using var services = Services(messaging =>
            messaging
                .Consume("payouts.one", "one", _ => new TopicConsumer("one"))
                .Consume("payouts.two", "two", _ => new TopicConsumer("two"))
        );

        var bindings = services.GetServices<ConsumerBinding>().ToArray();

        Assert.Equal(["one", "two"], bindings.Select(b => ((TopicConsumer)b.Create(services)).Topic));
        Assert.Equal(["one", "two"], bindings.Select(b => b.Topic));
        Assert.Equal(["one", "two"], services.GetRequiredService<MessagingBuilder>().Topics);
    }

    [Fact]
    public void A_consumer_is_the_containers_own_where_it_has_one()
    {
        using var services = Services(messaging => messaging.Consume<PlainConsumer>("group", "topic"));
        using var with = Services(messaging => messaging.Consume<PlainConsumer>("group", "topic"), new PlainConsumer());

        Assert.IsType<PlainConsumer>(services.GetServices<ConsumerBinding>().Single().Create(services));
        Assert.Same(
            with.GetRequiredService<PlainConsumer>(),
            with.GetServices<ConsumerBinding>().Single().Create(with)
        );
    }

    private static ServiceProvider Services(Action<MessagingBuilder> configure, PlainConsumer? consumer = null)
    {
        var services = new ServiceCollection();
        if (consumer is not null)
            services.AddSingleton(consumer);
        return services.AddMessaging(new MessagingOptions(), configure).BuildServiceProvider();
    }

    private sealed class TopicConsumer(string topic) : IBatchConsumer
    {
        public string Topic => topic;

        public Task Consume(OwnedBatch batch, CancellationToken cancel) => Task.CompletedTask;
    }

    private sealed class PlainConsumer : IBatchConsumer
    {
        public Task Consume(OwnedBatch batch, CancellationToken cancel) => Task.CompletedTask;
    }
}
