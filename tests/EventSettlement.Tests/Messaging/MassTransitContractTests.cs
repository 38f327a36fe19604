using System.Diagnostics;
using System.Text;
using EventSettlement.Messaging.Endpoint;
using EventSettlement.Messaging.Log;
using EventSettlement.Messaging.Outgoing;
using MassTransit;
using MassTransit.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventSettlement.Tests.Messaging;

/// <summary>
/// What we lean on in MassTransit's public types, so that an upgrade that changes it fails here and not in money.
/// </summary>
public sealed class MassTransitContractTests
{
    private readonly Guid _id = Guid.NewGuid();

    [Theory]
    [InlineData(MessageHeaders.SchedulingTokenId, "MT-Scheduling-TokenId")]
    [InlineData(MessageHeaders.RedeliveryCount, "MT-Redelivery-Count")]
    [InlineData(DiagnosticHeaders.ActivityId, "MT-Activity-Id")]
    public void Header_keeps_its_name_because_records_in_the_log_outlive_an_upgrade(string name, string onTheWire) =>
        Assert.Equal(onTheWire, name);

    [Fact]
    public void Message_type_keeps_its_urn() =>
        Assert.Equal("urn:message:EventSettlement.Tests.Messaging:Asked", MessageUrn.ForTypeString(typeof(Asked)));

    [Fact]
    public async Task Bus_is_a_host_only_and_is_never_started()
    {
        await using var world = new PipelineWorld(_ => Task.CompletedTask);

        Assert.DoesNotContain(
            world.Services.GetServices<IHostedService>(),
            service => service is MassTransitHostedService
        );
    }

    [Fact]
    public async Task Handler_gets_the_message_and_ids_of_the_record()
    {
        ConsumeContext<Asked>? seen = null;
        var (message, conversation, initiator) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await using var world = new PipelineWorld(context => Task.FromResult(seen = context));

        await world.Receive(
            new Asked(_id),
            ("message-id", message.ToString()),
            ("conversation-id", conversation.ToString()),
            ("correlation-id", _id.ToString()),
            ("initiator-id", initiator.ToString())
        );

        Assert.Equal(new Asked(_id), seen!.Message);
        Assert.Equal((message, conversation), (seen.MessageId, seen.ConversationId));
        Assert.Equal((_id, initiator), (seen.CorrelationId, seen.InitiatorId));
        Assert.Equal(new Uri("topic:asked"), seen.ReceiveContext.InputAddress);
    }

    // P6
    [Fact]
    public void Header_of_the_sender_is_found_by_name_but_not_listed_for_sending_on()
    {
        var headers = new RecordHeaders(HeaderMap.Empty.With("tenant", "a").With("MT-Redelivery-Count", "1").Text);

        Assert.True(headers.TryGetHeader("tenant", out _));
        Assert.Equal([MessageHeaders.RedeliveryCount], headers.GetAll().Select(header => header.Key));
    }

    [Fact]
    public async Task Failure_of_a_handler_comes_out_of_the_dispatcher()
    {
        await using var world = new PipelineWorld(_ => throw new TimeoutException("mine"));

        Assert.Equal("mine", (await Assert.ThrowsAsync<TimeoutException>(() => world.Receive(new Asked(_id)))).Message);
        Assert.Empty(world.Session.Sent);
    }

    [Fact]
    public async Task Message_that_nobody_handles_comes_out_of_the_dispatcher()
    {
        await using var world = new PipelineWorld(_ => Task.CompletedTask);

        await Assert.ThrowsAsync<MessageNotConsumedException>(() => world.Receive(nameof(Told), new Told(_id)));
    }

    [Fact]
    public async Task Message_is_only_of_its_own_type_though_its_json_fits_another()
    {
        var taken = false;
        await using var world = new PipelineWorld(_ => Task.FromResult(taken = true));

        await Assert.ThrowsAsync<MessageNotConsumedException>(() => world.Receive(nameof(Told), new Asked(_id)));

        Assert.False(taken);
    }

    [Fact]
    public async Task Message_retry_calls_the_handler_again()
    {
        var calls = 0;
        await using var world = new PipelineWorld(
            _ => { },
            (endpoint, _) =>
            {
                endpoint.UseMessageRetry(retry => retry.Immediate(2));
                endpoint.Handler<Asked>(_ => ++calls < 3 ? throw new TimeoutException() : Task.CompletedTask);
            }
        );

        await world.Receive(new Asked(_id));

        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Published_message_comes_to_our_transport_in_the_conversation_of_the_record()
    {
        var conversation = Guid.NewGuid();
        await using var world = new PipelineWorld(context => context.Publish(new Told(context.Message.Id)));

        await world.Receive(
            new Asked(_id),
            ("conversation-id", conversation.ToString()),
            ("correlation-id", _id.ToString())
        );

        var sent = Assert.Single(world.Session.Sent);
        Assert.Equal(("told", "lane"), (sent.Topic, Encoding.UTF8.GetString(sent.Key!)));
        Assert.Equal($$"""{"id":"{{_id}}"}""", Encoding.UTF8.GetString(sent.Body!));
        Assert.Equal(conversation.ToString(), sent.Headers["conversation-id"]);
        Assert.Equal(_id.ToString(), sent.Headers["initiator-id"]);
        Assert.NotNull(sent.Headers["message-id"]);
    }

    [Fact]
    public async Task Sender_chooses_key_and_headers()
    {
        await using var world = new PipelineWorld(async context =>
            await (await context.GetSendEndpoint(TopicAddress.Of("told"))).Send(
                new Told(_id),
                send =>
                {
                    send.SetPartitionKey("mine");
                    send.Headers.Set("urgent", true);
                }
            )
        );

        await world.Receive(new Asked(_id));

        var sent = Assert.Single(world.Session.Sent);
        Assert.Equal(("mine", "true"), (Encoding.UTF8.GetString(sent.Key!), sent.Headers["urgent"]));
    }

    [Fact]
    public async Task Publisher_chooses_the_key_too()
    {
        await using var world = new PipelineWorld(context =>
            context.Publish(new Told(_id), publish => publish.SetPartitionKey("mine"))
        );

        await world.Receive(new Asked(_id));

        Assert.Equal("mine"u8.ToArray(), Assert.Single(world.Session.Sent).Key);
    }

    [Fact]
    public async Task Trace_goes_on_from_the_record_to_what_is_sent()
    {
        const string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DiagnosticHeaders.DefaultListenerName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await using var world = new PipelineWorld(context => context.Publish(new Told(_id)));

        await world.Receive(new Asked(_id), ("traceparent", parent));

        var sent = Assert.Single(world.Session.Sent).Headers["traceparent"];
        Assert.StartsWith(parent[..36], sent, StringComparison.Ordinal);
        Assert.NotEqual(parent, sent);
    }
}
