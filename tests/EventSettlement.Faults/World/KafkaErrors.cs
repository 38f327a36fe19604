using System.Buffers.Binary;

namespace EventSettlement.Faults.World;

/// <param name="Api">Kafka's number of the request.</param>
internal sealed record KafkaQuestion(short Api, short Version);

/// <summary>Where Kafka's answers hold their error code, from kafka.apache.org/protocol.</summary>
internal static class KafkaErrors
{
    private const short Produce = 0,
        Fetch = 1,
        FindCoordinator = 10,
        JoinGroup = 11,
        Heartbeat = 12,
        SyncGroup = 14;

    /// <summary>That a client must be able to live with.</summary>
    public static short[] Codes(short api) =>
        api switch
        {
            // REQUEST_TIMED_OUT, NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS
            Produce => [7, 6, 19],

            // FETCH_SESSION_ID_NOT_FOUND
            Fetch => [70],

            // COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR
            FindCoordinator or JoinGroup => [14, 15, 16],

            // NOT_COORDINATOR, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, REBALANCE_IN_PROGRESS
            _ => [16, 22, 25, 27],
        };

    /// <param name="answer">From its correlation id on.</param>
    /// <returns>Null where the answer has no code that is known, or is not there as a whole so far.</returns>
    public static int? Place(ReadOnlySpan<byte> answer, KafkaQuestion question)
    {
        int? place = question switch
        {
            { Api: Heartbeat or SyncGroup, Version: >= 1 and < 4 } => 8,
            { Api: Heartbeat or SyncGroup, Version: 4 or 5 } => 9,
            { Api: JoinGroup, Version: >= 2 and < 6 } => 8,
            { Api: JoinGroup, Version: >= 6 } => 9,
            { Api: FindCoordinator, Version: 1 or 2 } => 8,
            { Api: FindCoordinator, Version: 3 } => 9,
            { Api: Fetch, Version: >= 7 and < 12 } => 8,
            { Api: Fetch, Version: >= 12 } => 9,
            { Api: Produce, Version: >= 3 and < 9 } => OfFirstPartition(answer),
            _ => null,
        };
        return place + 2 <= answer.Length ? place : null;
    }

    /// <summary>Correlation id, one or more topics: name, partitions: index, code.</summary>
    private static int? OfFirstPartition(ReadOnlySpan<byte> answer) =>
        answer.Length < 10 || BinaryPrimitives.ReadInt32BigEndian(answer[4..]) == 0
            ? null
            : 10 + BinaryPrimitives.ReadInt16BigEndian(answer[8..]) + 8;
}
