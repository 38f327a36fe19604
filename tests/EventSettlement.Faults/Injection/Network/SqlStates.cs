using System.Buffers.Binary;
using System.Text;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>Statements are answered with an error that they did not earn, in PostgreSQL's own protocol.</summary>
internal sealed class SqlStates(string state) : Fault
{
    private const int OneIn = 40;

    public override string Name => "sqlstate-" + state;

    public override string Expectation =>
        $"one in {OneIn} statements fails with {state}: it is tried again, never " + "parked and never half done";

    public override bool NeedsProxies => true;

    public override string Touches => "postgres";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var (proxy, failed) = (scene.World.PostgresProxy!, 0);
        proxy.BeforeServer = async (link, piece) =>
        {
            if (!SqlBatch.IsWhole(piece.Span) || link.LastByte is not ((byte)'I' or (byte)'T') || Draw(random) != 0)
                return Fate.GoesOn;
            Interlocked.Increment(ref failed);
            await link.Write(toServer: false, Refusal(link.LastByte == (byte)'T'));
            return Fate.Swallowed;
        };
        await Last(5);
        proxy.BeforeServer = null;
        return failed > 0;
    }

    private static int Draw(Random random)
    {
        lock (random)
            return random.Next(OneIn);
    }

    private byte[] Refusal(bool inTransaction)
    {
        var fields = Encoding.ASCII.GetBytes($"SERROR\0VERROR\0C{state}\0Mmade up by the harness\0\0");
        var answer = new byte[5 + fields.Length + 6];
        answer[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(answer.AsSpan(1), fields.Length + 4);
        fields.CopyTo(answer, 5);
        byte[] ready = [(byte)'Z', 0, 0, 0, 5, inTransaction ? (byte)'E' : (byte)'I'];
        ready.CopyTo(answer, 5 + fields.Length);
        return answer;
    }
}
