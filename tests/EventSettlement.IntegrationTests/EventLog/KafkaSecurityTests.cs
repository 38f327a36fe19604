using Confluent.Kafka;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Messaging.Log.Kafka;
using EventSettlement.Messaging.Outgoing;

namespace EventSettlement.IntegrationTests.EventLog;

/// <summary>A real broker that lets nobody in unknown.</summary>
public sealed class KafkaSecurityTests
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(40);

    public static TheoryData<string, string, string> Strangers =>
        new()
        {
            {
                "password in the clear",
                "invalid credentials with SASL mechanism SCRAM-SHA-256",
                "Local_Authentication"
            },
            { "password over TLS", "Invalid username or password", "Local_Authentication" },
            { "authority", "certificate verify failed", "Local_Ssl" },
            { "certificate", "alert bad certificate", "Local_Transport" },
        };

    [Theory]
    [InlineData("in the clear")]
    [InlineData("over TLS")]
    [InlineData("by certificate")]
    public async Task Who_is_let_in_makes_topics_sends_and_reads(string how)
    {
        var broker = await SecuredBroker.Start();
        var security = how switch
        {
            "in the clear" => broker.InTheClear,
            "over TLS" => broker.OverTls,
            _ => broker.ByCertificate,
        };
        await using var world = await MessagingWorld.Create("kafka", broker.Bootstrap(security), security);
        var member = await world.Start(new EffectConsumer("one"));

        await world.Send(member.Writer, [.. Enumerable.Range(0, 50).Select(n => world.Message($"k{n}", $"{n}"))]);

        await Eventually.Equals(50, world.Effects, "the number of effects");
        Assert.StartsWith(
            "kafka ",
            await member.Log.ReadIdentity(world.Topic, CancellationToken.None),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Who_is_turned_away_does_not_start_and_says_what_the_broker_said(
        string wrong,
        string words,
        string code
    )
    {
        var (bootstrap, security) = await Stranger(wrong);
        await using var world = await MessagingWorld.Create("kafka", bootstrap, security);

        var refused = await Assert.ThrowsAsync<KafkaException>(() =>
            world.Start(new EffectConsumer("one")).WaitAsync(AtMost)
        );

        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Equal(code, refused.Error.Code.ToString());
    }

    [Fact]
    public async Task A_member_that_is_turned_away_ends_and_says_what_the_broker_said()
    {
        var (bootstrap, security) = await Stranger("password in the clear");
        await using var log = new KafkaEventLog(new KafkaClients(bootstrap, security));

        var refused = await Assert.ThrowsAsync<KafkaException>(() =>
            log.Consume("strangers", ["topic"], new PlainOwner { Start = _ => 0 }, CancellationToken.None)
                .WaitAsync(AtMost)
        );

        Assert.Contains("invalid credentials", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_no_broker_takes_from_us_says_what_the_broker_said()
    {
        var (bootstrap, security) = await Stranger("password in the clear");
        using var producer = new KafkaProducer(new KafkaClients(bootstrap, security));

        var answers = await producer
            .Send([new OutboxRow(0, 1, "topic", null, null, "")], CancellationToken.None)
            .WaitAsync(AtMost);

        Assert.Contains("invalid credentials", answers.Single()!.Reason, StringComparison.Ordinal);
    }

    private static async Task<(string Bootstrap, KafkaSecurity Security)> Stranger(string wrong)
    {
        var broker = await SecuredBroker.Start();
        var security = wrong switch
        {
            "password in the clear" => broker.InTheClear with { Password = "wrong" },
            "password over TLS" => broker.OverTls with { Password = "wrong" },
            "authority" => broker.ByCertificate with { CaFile = null },
            _ => broker.ByCertificate with { CertificateFile = null, KeyFile = null, KeyPassword = null },
        };
        return (broker.Bootstrap(security), security);
    }
}
