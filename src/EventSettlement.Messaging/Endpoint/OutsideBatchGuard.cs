using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// Outside a batch MassTransit would send into its own memory, where nobody listens and nothing is kept. So that
/// throws.
/// </summary>
internal sealed class OutsideBatchGuard : ISendObserver, IPublishObserver
{
    public static void Register(IServiceCollection services) =>
        services.AddSendObserver<OutsideBatchGuard>().AddPublishObserver<OutsideBatchGuard>();

    public Task PreSend<T>(SendContext<T> context)
        where T : class => throw WouldBeLost<T>();

    public Task PostSend<T>(SendContext<T> context)
        where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    public Task PrePublish<T>(PublishContext<T> context)
        where T : class => throw WouldBeLost<T>();

    public Task PostPublish<T>(PublishContext<T> context)
        where T : class => Task.CompletedTask;

    public Task PublishFault<T>(PublishContext<T> context, Exception exception)
        where T : class => Task.CompletedTask;

    private static InvalidOperationException WouldBeLost<T>() =>
        new($"{typeof(T).Name} would be lost: outside a batch write it with IOutgoingWriter, in your own transaction");
}
