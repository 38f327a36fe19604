using EventSettlement.Messaging.Outgoing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventSettlement.Tests.Messaging;

/// <summary>MassTransit's own bus is there as a host only: nothing may go into it, nothing may leave from it.</summary>
public sealed class OutsideBatchGuardTests : IAsyncDisposable
{
    private readonly PipelineWorld _world = new(_ => Task.CompletedTask);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    // P4
    [Fact]
    public async Task Publishing_outside_a_batch_throws_instead_of_being_lost()
    {
        var lost = await Throws(_world.Services.GetRequiredService<IBus>().Publish(new Told(Guid.NewGuid())));

        Assert.Contains(nameof(IOutgoingWriter), lost.Message, StringComparison.Ordinal);
    }

    // P4
    [Fact]
    public async Task Publishing_from_a_request_throws_instead_of_being_lost()
    {
        using var request = _world.Services.CreateScope();
        var publisher = request.ServiceProvider.GetRequiredService<IPublishEndpoint>();

        await Throws(publisher.Publish(new Told(Guid.NewGuid())));
    }

    // P4
    [Fact]
    public async Task Sending_from_a_request_throws_instead_of_being_lost()
    {
        using var request = _world.Services.CreateScope();
        var endpoints = request.ServiceProvider.GetRequiredService<ISendEndpointProvider>();

        await Throws(
            (await endpoints.GetSendEndpoint(new Uri("loopback://localhost/told"))).Send(new Told(Guid.NewGuid()))
        );
    }

    // P10
    [Fact]
    public void Usage_is_reported_to_nobody() =>
        Assert.False(_world.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled);

    private static Task<InvalidOperationException> Throws(Task sending) =>
        Assert.ThrowsAsync<InvalidOperationException>(() => sending.WaitAsync(TimeSpan.FromSeconds(10)));
}
