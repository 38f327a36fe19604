using System.Text;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>Records that are no facts stand in the log among those that are.</summary>
internal sealed class Poison : Fault
{
    private const int Batch = 3_000_000;

    private static readonly byte[][] Corpus =
    [
        [],
        [0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'],
        [0xff, 0xfe, 0x00],
        "{"u8.ToArray(),
        "null"u8.ToArray(),
        "[1,2]"u8.ToArray(),
        Encoding.UTF8.GetBytes(new string('[', 10_000)),
        "{\"studyId\":1,\"studyId\":2}"u8.ToArray(),
        Encoding.UTF8.GetBytes(Fact("NaN")),
        Encoding.UTF8.GetBytes(Fact("0.5")),
        Encoding.UTF8.GetBytes(Fact("-1")),
        Encoding.UTF8.GetBytes(Fact("9007199254740993")),
        Encoding.UTF8.GetBytes(Fact("\"30000\"")),
        Encoding.UTF8.GetBytes(new string('x', 900_000)),
        "\0"u8.ToArray(),
        Encoding.UTF8.GetBytes(Fact("30000").Replace("KRW", "USD", StringComparison.Ordinal)),
        Encoding.UTF8.GetBytes(Fact("30000").Replace("2026", "9999", StringComparison.Ordinal)),
        Encoding.UTF8.GetBytes(Fact("30000").Replace("poison", "a\\u0000b", StringComparison.Ordinal)),
    ];

    public override string Name => "poison";

    public override bool TroublesServers => false;

    public override string Expectation => "records that are no facts: parked with their bytes, neighbours unharmed";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        // kcat sends no empty record, so Kafka goes without the first.
        for (var n = scene.World.Kafka is null ? 0 : 1; n < Corpus.Length; n++)
        {
            scene.Journal.Sent(Batch + n, "poison", "poison", [Convert.ToBase64String(Corpus[n])]);
            await LogWriter.Append(scene, Corpus[n], random.Next(4));
            scene.Journal.Answer(Batch + n, "poison", 202, "", 1);
        }

        return true;
    }

    private static string Fact(string deposit) =>
        "{\"studyId\":\"poison\",\"completedAt\":\"2026-11-01T22:10:00+09:00\","
        + $"\"currency\":\"KRW\",\"depositPerMember\":{deposit},\"penaltyPerAbsence\":3000,"
        + "\"participants\":[{\"memberId\":\"M-1\",\"absences\":2}]}";
}
