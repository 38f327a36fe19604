using EventSettlement.Messaging.Batches;

namespace EventSettlement.Messaging.Hosting;

/// <summary>
/// Who handles one topic for one group. Registered as singletons in the container: one for every
/// <see cref="MessagingBuilder.Consumers"/> entry and one for every saga endpoint.
/// </summary>
public sealed record ConsumerBinding(string Group, string Topic, Func<IServiceProvider, IBatchConsumer> Create);
