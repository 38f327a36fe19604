using MassTransit;
using MassTransit.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.Messaging.Endpoint;

/// <summary>
/// A message's own scope of the container, made when something first asks it for a service: most handlers never do. A
/// scope for the batch would leave scoped endpoints bound to its first message: wrong conversation, wrong trace.
/// </summary>
internal sealed class MessageScope(IServiceScopeFactory scopes, ISetScopedConsumeContext binding)
    : IServiceScope,
        IServiceProvider,
        IAsyncDisposable
{
    private AsyncServiceScope? _scope;
    private IDisposable? _bound;

    /// <summary>What the scope's endpoints send for.</summary>
    public ConsumeContext? Message { get; set; }

    public IServiceProvider ServiceProvider => this;

    public object? GetService(Type serviceType) => (_scope ??= Open()).ServiceProvider.GetService(serviceType);

    public void Dispose()
    {
        _bound?.Dispose();
        _scope?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        _bound?.Dispose();
        return _scope?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private AsyncServiceScope Open()
    {
        var scope = scopes.CreateAsyncScope();
        _bound = binding.PushContext(
            scope,
            Message ?? throw new InvalidOperationException("The scope has no message yet")
        );
        return scope;
    }
}
