using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Processes;

/// <summary>The broker is killed and started again, or stands still for a while.</summary>
internal sealed class KafkaDown(bool killed) : Fault
{
    public override string Name => killed ? "kafka-kill" : "kafka-freeze";

    public override string Expectation =>
        (killed ? "the broker killed and started again" : "the broker frozen")
        + ": the outbox waits, nothing is lost, the servers stay up";

    public override double RecoveryBound => 45;

    public override bool Suits(string log) => log == "kafka";

    public override string Touches => "kafka";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var kafka = scene.World.Kafka!;
        if (!killed)
        {
            kafka.Freeze();
            await Last(4 + 8 * random.NextDouble());
            kafka.Thaw();
            return true;
        }

        kafka.Kill();
        await Last(0.2 + 5 * random.NextDouble());
        await kafka.Start();
        return true;
    }
}
