using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Injection.Network;

/// <summary>
/// The broker's answers turn into errors on their way, also where what was asked for has been done: coordinators that
/// moved, members that are forgotten, leaders that are none any more.
/// </summary>
internal sealed class BrokerErrors : Fault
{
    private const int OneIn = 5;
    private readonly ConditionalWeakTable<ProxyLink, Asked> _links = [];
    private int _turned;

    public override string Name => "kafka-error-codes";

    public override string Expectation =>
        $"one in {OneIn} answers of the broker turns into an error: tried again, " + "nothing is lost";

    public override double RecoveryBound => 45;

    public override bool NeedsProxies => true;

    public override bool Suits(string log) => log == "kafka";

    public override string Touches => "kafka";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        var (proxy, from) = (scene.World.KafkaProxy!, Volatile.Read(ref _turned));
        proxy.BeforeServer = (link, piece) => Goes(() => _links.GetOrCreateValue(link).Questions(piece.Span));
        proxy.BeforeClient = (link, piece) => Goes(() => Turn(_links.GetOrCreateValue(link), piece, random));
        await Last(8);
        (proxy.BeforeServer, proxy.BeforeClient) = (null, null);
        return Volatile.Read(ref _turned) > from;
    }

    private static Task<Fate> Goes(Action watch)
    {
        watch();
        return Task.FromResult(Fate.GoesOn);
    }

    private void Turn(Asked asked, ReadOnlyMemory<byte> piece, Random random)
    {
        var bytes = MemoryMarshal.AsMemory(piece).Span;
        foreach (var (at, question) in asked.Answers(bytes))
            lock (random)
                if (KafkaErrors.Place(bytes[at..], question) is { } place && random.Next(OneIn) == 0)
                {
                    var codes = KafkaErrors.Codes(question.Api);
                    BinaryPrimitives.WriteInt16BigEndian(bytes[(at + place)..], codes[random.Next(codes.Length)]);
                    Interlocked.Increment(ref _turned);
                }
    }

    /// <summary>What one connection asked and was not answered yet.</summary>
    private sealed class Asked
    {
        private const int Head = 12;
        private readonly Dictionary<int, KafkaQuestion> _open = [];
        private int _questionLeft;
        private int _answerLeft;

        public void Questions(ReadOnlySpan<byte> piece)
        {
            foreach (var at in Frames(piece, ref _questionLeft))
                if (piece.Length - at >= Head)
                    lock (_open)
                        _open[BinaryPrimitives.ReadInt32BigEndian(piece[(at + 8)..])] = new KafkaQuestion(
                            BinaryPrimitives.ReadInt16BigEndian(piece[(at + 4)..]),
                            BinaryPrimitives.ReadInt16BigEndian(piece[(at + 6)..])
                        );
        }

        /// <summary>Answers that begin in the piece, after their length, with what they answer.</summary>
        public List<(int At, KafkaQuestion Question)> Answers(ReadOnlySpan<byte> piece)
        {
            var found = new List<(int, KafkaQuestion)>();
            foreach (var at in Frames(piece, ref _answerLeft))
                lock (_open)
                    if (
                        piece.Length - at >= 8
                        && _open.Remove(BinaryPrimitives.ReadInt32BigEndian(piece[(at + 4)..]), out var question)
                    )
                        found.Add((at + 4, question));
            return found;
        }

        private static List<int> Frames(ReadOnlySpan<byte> piece, ref int left)
        {
            var starts = new List<int>();
            for (var at = left; ; at = checked(at + 4 + BinaryPrimitives.ReadInt32BigEndian(piece[at..])))
            {
                // A length that is cut in two is not put together again: of that connection no more is understood.
                left =
                    at <= piece.Length - 4 ? 0
                    : at >= piece.Length ? at - piece.Length
                    : int.MaxValue / 2;
                if (at > piece.Length - 4)
                    return starts;
                starts.Add(at);
            }
        }
    }
}
