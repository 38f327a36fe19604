using System.Text;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>The member service credits, and its answer never ends: byte by byte, or gigabytes.</summary>
internal sealed class EndlessAnswers(bool drips) : Fault
{
    private const long Whole = 1L << 30;

    /// <summary>What the product reads at most, and what the machine holds between the two at most.</summary>
    private const long Readable = (8 << 20) + (24 << 20);

    private static readonly byte[] Head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray();

    private static readonly byte[] Chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");

    public override string Name => drips ? "member-drip" : "member-gigabyte";

    public override bool TroublesServers => false;

    public override string Expectation =>
        drips ? "an answer that comes byte by byte ends in the time-out" : "an answer of a gigabyte is cut at 8 MB";

    public override string[] Alerts => ["downstream_stopped"];

    public override string Touches => "member";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var met = 0;
        scene.World.Calls.BeforeServers = async (link, piece) =>
        {
            Interlocked.Increment(ref met);
            if (drips)
                await Drip(link, piece);
            else if (await Pour(link) is var poured and > Readable)
                scene.World.Surprises.Enqueue($"a server has read {poured >> 20} MB of an answer");
            return Fate.Cut;
        };
        await Last(4);
        scene.World.Calls.BeforeServers = null;
        await Misbehaviour.Resume(scene);
        return met > 0;
    }

    private static async Task Drip(ProxyLink link, ReadOnlyMemory<byte> piece)
    {
        for (var i = 0; i < piece.Length && await Write(link, piece.Slice(i, 1)); i++)
            await Task.Delay(100);
    }

    private static async Task<long> Pour(ProxyLink link)
    {
        var poured = 0L;
        for (var goesOn = await Write(link, Head); goesOn && poured < Whole; poured += Chunk.Length)
            goesOn = await Write(link, Chunk);
        return poured;
    }

    /// <returns>False where nobody reads any more.</returns>
    private static async Task<bool> Write(ProxyLink link, ReadOnlyMemory<byte> piece)
    {
        try
        {
            await link.Write(toServer: false, piece);
            return true;
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }
}
