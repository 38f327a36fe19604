using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Messaging.Batches;
using EventSettlement.Messaging.Log;
using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>A partition reads on with the log as it is.</summary>
public sealed record PartitionAccepted(string Group, string Topic, int Partition, long NextOffset);

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
        NoBody? body,
        OffsetStore offsets,
        CancellationToken cancel
    )
    {
        var source = new TopicPartition(topic, partition);
        if ((await offsets.Read(group, cancel)).All(o => o.Source != source))
            throw ProblemException.NotFound("partition_not_found", $"{group} reads no partition {source}");
        var next =
            await offsets.Accept(group, source, cancel)
            ?? throw ProblemException.Refused(
                "not_stopped",
                $"{group} has not stopped reading {source}",
                "nothing is to be done: it reads on"
            );
        return new PartitionAccepted(group, topic, partition, next);
    }
}
