using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>A partition reads on with the log as it is.</summary>
/// <param name="PassedOver">Records that are there and will not be read.</param>
public sealed record PartitionAccepted(string Group, string Topic, int Partition, long NextOffset, long PassedOver);

/// <param name="From">
/// The offset to read on from; null = the one that passes over nothing: another log's beginning, else where the group
/// stood or the nearest that exists.
/// </param>
/// <param name="PassOver">Needed where records lie before it that would never be read: how many they are.</param>
public sealed record AcceptBody(long? From = null, long? PassOver = null);

/// <summary>Where groups stand in the log, and the way on for a partition that refused to skip.</summary>
internal static class LogRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var log = v1.MapGroup("/log").WithTags("log");
        log.MapGet(
                "",
                (bool? stopped, int? limit, string? after, OffsetReads reads, CancellationToken cancel) =>
                    reads.List(stopped, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListPartitions")
            .WithSummary("How far each group has read the event log");
        log.MapPost("/{group}/{topic}/{partition:int}/accept", Accept)
            .Needs(Role.Admin)
            .WithName("AcceptPartition")
            .WithSummary("Read a stopped partition on with the log as it is");
    }

    private static async Task<PartitionAccepted> Accept(
        string group,
        string topic,
        int partition,
        AcceptBody? body,
        OffsetStore offsets,
        CancellationToken cancel
    )
    {
        var source = new TopicPartition(topic, partition);
        if ((await offsets.Read(group, cancel)).All(o => o.Source != source))
            throw ProblemException.NotFound("partition_not_found", $"{group} reads no partition {source}");
        var wayOn = await offsets.FindWayOn(group, source, cancel) ?? throw NotStopped(group, source);
        var from = body?.From ?? wayOn.Next;
        if (from < wayOn.Begin || from > wayOn.End)
            throw ProblemException.Invalid("/from", $"is {wayOn.Begin} to {wayOn.End}: what {source} holds");
        var passedOver = Math.Max(0, from - wayOn.Next);
        if (passedOver != (body?.PassOver ?? 0))
            throw ProblemException.Invalid(
                "/passOver",
                $"is {passedOver}: so many records from offset {wayOn.Next} on would never be read"
            );
        return await offsets.Accept(group, source, from, wayOn.Identity, cancel)
            ? new PartitionAccepted(group, topic, partition, from, passedOver)
            : throw NotStopped(group, source);
    }

    private static ProblemException NotStopped(string group, TopicPartition source) =>
        ProblemException.Refused(
            "not_stopped",
            $"{group} has not stopped reading {source}",
            "nothing is to be done: it reads on"
        );
}
