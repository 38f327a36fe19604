using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;
using EventSettlement.Faults.World.Servers;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>A right is taken away for a while: on a topic that is written to, or on a group.</summary>
internal sealed class RightTaken(string what, string[] refusal, string[] otherwise, string alert) : Fault
{
    public override string Name => "kafka-refuses-" + what;

    public override string Expectation =>
        $"the broker refuses the {what}: somebody is told, what is not about it goes on, and all of it afterwards";

    public override bool Suits(string log) => log == "kafka";

    public override double RecoveryBound => 45;

    public override string[] Alerts => [alert];

    public override string[] Demands => Alerts;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var broker = scene.World.Kafka!;
        await Last(2);

        // Where there is a rule at all, what no rule allows is refused.
        await Change(broker, "--add", "--allow-principal", otherwise);
        await Change(broker, "--add", "--deny-principal", refusal);
        await OneFact.Send(scene, "refused", participants: 2);
        var told = $"SELECT count(*) FROM alert WHERE code = '{alert}'";
        if (await Waiting.Until(TimeSpan.FromSeconds(45), async () => await scene.Count(told) > 0) is null)
            scene.World.Surprises.Enqueue($"the {what} was refused for 45 s and nobody was told");
        await Change(broker, "--remove", "--deny-principal", refusal);
        await Change(broker, "--remove", "--allow-principal", otherwise);
        return true;
    }

    private static Task<string> Change(KafkaServer broker, string verb, string whom, string[] rule) =>
        broker.RunClass(
            "org.apache.kafka.tools.AclCommand",
            [verb, .. verb == "--remove" ? ["--force"] : Array.Empty<string>(), whom, "User:*", .. rule]
        );
}

/// <summary>One message is larger than its topic takes, among others that are not.</summary>
internal sealed class MessageRefused : Fault
{
    private const int Participants = 4_000;
    private const string Parked =
        "SELECT id FROM parked_message WHERE code = 'refused_by_broker' AND status = 'PARKED'";

    public override string Name => "kafka-refuses-message";

    public override string Expectation =>
        "the broker refuses one message for its own sake: parked with an alert, its neighbours go on, and replayed "
        + "once it is taken";

    public override bool Suits(string log) => log == "kafka";

    public override string[] Alerts => ["message_refused"];

    public override string[] Demands => Alerts;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(1);
        await Limit(scene.World.Kafka!, "--add-config", "max.message.bytes=50000");
        if (!await OneFact.Send(scene, "large", Participants))
            return false;
        List<long> parked = [];
        await Waiting.Until(
            TimeSpan.FromSeconds(20),
            async () => (parked = await scene.Read(Parked, r => r.GetInt64(0))).Count > 0
        );
        if (parked.Count != 1)
            scene.World.Surprises.Enqueue($"{parked.Count} messages were parked instead of the one that is too large");
        await Limit(scene.World.Kafka!, "--delete-config", "max.message.bytes");
        foreach (var id in parked)
            if ((await scene.Desk.Ask($"v1/parked/{id}/replay", new { })).Status is not 200 and var status)
                scene.World.Surprises.Enqueue($"the replay of parked message {id} was answered {status}");
        return true;
    }

    private static Task<string> Limit(KafkaServer broker, string how, string limit) =>
        broker.Run(
            "kafka-configs.sh",
            "--alter",
            "--entity-type",
            "topics",
            "--entity-name",
            "study-completed",
            how,
            limit
        );
}

/// <summary>A fact beside those of the load, which may have ended by now.</summary>
internal static class OneFact
{
    private const int Batch = 4_000_000;

    /// <returns>Whether it was taken.</returns>
    public static async Task<bool> Send(Scene scene, string name, int participants)
    {
        var fact = FactMaker.Body(
            $"S-{scene.World.Plan.Seed}-{name}",
            DateTimeOffset.UtcNow.AddDays(-3),
            Enumerable.Range(0, participants).Select(n => (Guid.NewGuid().ToString(), n % 12))
        );
        var key = $"{name}-{scene.World.Plan.Seed}";
        scene.Journal.Sent(Batch, key, "http", [fact]);
        var taken = await Waiting.Until(
            TimeSpan.FromSeconds(20),
            async () =>
                (await scene.Desk.Post("v1/events/study-completed", fact, key, "application/x-ndjson")).Status == 202
        );
        if (taken is not null)
            scene.Journal.Answer(Batch, key, 202, "", 1);
        return taken is not null;
    }
}
