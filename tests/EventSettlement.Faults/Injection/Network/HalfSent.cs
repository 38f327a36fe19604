using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>
/// A batch of statements arrives in part and its rest never does, as from a machine that stood still: what the part
/// has locked is not waited for.
/// </summary>
internal sealed class HalfSent : Fault
{
    private const int Most = 3;

    public override string Name => "postgres-half-sent";

    public override string Expectation =>
        "three batches arrive in part and their rest never: what they have " + "locked is given up";

    public override bool NeedsProxies => true;

    public override string Touches => "postgres";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var (proxy, halved) = (scene.World.PostgresProxy!, 0);
        proxy.BeforeServer = async (link, piece) =>
        {
            if (!SqlBatch.IsPart(piece.Span) || Interlocked.Increment(ref halved) > Most)
                return Fate.GoesOn;
            await link.Write(toServer: true, piece);

            // Never healed: PostgreSQL must be told to close the connection.
            await Task.Delay(Timeout.Infinite);
            return Fate.Cut;
        };
        await Last(6);
        proxy.BeforeServer = null;
        return halved > 0;
    }
}
