using System.Text;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>The connection is reset just as COMMIT passes: before it arrives, or after it took effect.</summary>
internal sealed class CommitCut(bool after) : Fault
{
    private static readonly byte[] Commit = Encoding.ASCII.GetBytes("COMMIT\0");

    public override string Name => after ? "commit-cut-after" : "commit-cut-before";

    public override string Expectation =>
        "every seventh COMMIT "
        + (after ? "takes effect and its answer is lost" : "never arrives")
        + ": both outcomes are handled";

    public override bool NeedsProxies => true;

    public override string Touches => "postgres";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var proxy = scene.World.PostgresProxy!;
        var (seen, cut) = (0, 0);
        proxy.BeforeServer = async (link, piece) =>
        {
            if (piece.Span.IndexOf(Commit) < 0 || Interlocked.Increment(ref seen) % 7 != 0)
                return Fate.GoesOn;
            Interlocked.Increment(ref cut);
            if (after)
                await CommitAndWait(link, piece);
            return Fate.Cut;
        };
        await Last(5);
        proxy.BeforeServer = null;
        return cut > 0;
    }

    private static async Task CommitAndWait(ProxyLink link, ReadOnlyMemory<byte> piece)
    {
        link.IsDeaf = true;
        var answered = link.Answered;
        await link.Write(toServer: true, piece);
        await Waiting.Until(TimeSpan.FromSeconds(2), () => link.Answered != answered);
    }
}
