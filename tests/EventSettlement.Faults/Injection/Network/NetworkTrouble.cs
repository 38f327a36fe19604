using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>The way to PostgreSQL or Kafka through a proxy of ours: cut, slow, or silent.</summary>
internal sealed class NetworkTrouble(string server, string trouble) : Fault
{
    public override string Name => $"{server}-{trouble}";

    public override string Expectation =>
        trouble switch
        {
            "cut" => $"connections to {server} reset and refused for some seconds",
            "slow" => $"every piece to and from {server} comes late",
            _ => $"{server} silent for some seconds, without a reset",
        } + ": the servers stay up and go on";

    public override double RecoveryBound => server == "kafka" ? 45 : 30;

    public override bool NeedsProxies => true;

    public override bool Suits(string log) => server == "postgres" || log == "kafka";

    public override string Touches => server;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var proxy = (server == "kafka" ? scene.World.KafkaProxy : scene.World.PostgresProxy)!;
        switch (trouble)
        {
            case "cut":
                await Cut(proxy, 1 + 3 * random.NextDouble());
                break;
            case "slow":
                proxy.Delay = TimeSpan.FromMilliseconds(random.Next(10, server == "kafka" ? 300 : 40));
                await Last(5);
                proxy.Delay = TimeSpan.Zero;
                break;
            default:
                proxy.IsSilent = true;
                await Last(4 + 6 * random.NextDouble());
                proxy.IsSilent = false;
                break;
        }

        return true;
    }

    private static async Task Cut(TcpProxy proxy, double seconds)
    {
        proxy.IsCut = true;
        proxy.CutAll();
        await Last(seconds);
        proxy.IsCut = false;
    }
}
