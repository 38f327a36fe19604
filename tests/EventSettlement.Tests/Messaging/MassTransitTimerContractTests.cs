using System.Text;
using MassTransit;

namespace EventSettlement.Tests.Messaging;

/// <summary>How MassTransit's scheduling comes to our timer rows.</summary>
public sealed class MassTransitTimerContractTests
{
    private const string Token = "MT-Scheduling-TokenId";
    private readonly Guid _id = Guid.NewGuid();

    [Fact]
    public async Task Scheduled_send_is_a_timer_whose_token_the_message_carries()
    {
        ScheduledMessage<Told>? promised = null;
        await using var world = new PipelineWorld(async context =>
            promised = await context.ScheduleSend(new Uri("topic:told"), TimeSpan.FromMinutes(2), new Told(_id))
        );

        await world.Receive(new Asked(_id));

        var timer = Assert.Single(world.Session.Scheduled);
        Assert.Empty(world.Session.Sent);
        Assert.Equal(promised!.TokenId, timer.Token);
        Assert.Equal(
            ("told", "lane", timer.Token.ToString("D")),
            (timer.Message.Topic, Encoding.UTF8.GetString(timer.Message.Key!), timer.Message.Headers[Token])
        );
        Assert.InRange(timer.Delay, TimeSpan.FromMinutes(1.9), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Cancelled_send_names_its_token()
    {
        var token = Guid.NewGuid();
        await using var world = new PipelineWorld(context =>
            context.GetPayload<MessageSchedulerContext>().CancelScheduledSend(new Uri("topic:told"), token)
        );

        await world.Receive(new Asked(_id));

        Assert.Equal([token], world.Session.Cancelled);
    }

    [Fact]
    public async Task Redelivery_is_a_timer_of_the_same_message_that_counts_up()
    {
        await using var world = Redelivering();

        await world.Receive(new Asked(_id), ("MT-Redelivery-Count", "1"));

        var timer = Assert.Single(world.Session.Scheduled);
        Assert.Equal(
            ("asked", "lane", "2"),
            (
                timer.Message.Topic,
                Encoding.UTF8.GetString(timer.Message.Key!),
                timer.Message.Headers["MT-Redelivery-Count"]
            )
        );
        Assert.InRange(timer.Delay, TimeSpan.FromMinutes(14.9), TimeSpan.FromMinutes(15));
    }

    // P2
    [Fact]
    public async Task Redelivered_timer_keeps_its_token()
    {
        var token = Guid.NewGuid();
        await using var world = Redelivering();

        await world.Receive(new Asked(_id), (Token, token.ToString()));

        var timer = Assert.Single(world.Session.Scheduled);
        Assert.Equal((token, token.ToString()), (timer.Token, timer.Message.Headers[Token]));
    }

    [Fact]
    public async Task Failure_comes_out_when_no_redelivery_is_left()
    {
        await using var world = Redelivering();

        await Assert.ThrowsAsync<TimeoutException>(() => world.Receive(new Asked(_id), ("MT-Redelivery-Count", "2")));
    }

    private static PipelineWorld Redelivering() =>
        new(
            _ => { },
            (endpoint, _) =>
            {
                endpoint.UseScheduledRedelivery(r => r.Intervals(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)));
                endpoint.Handler<Asked>(_ => throw new TimeoutException());
            }
        );
}
