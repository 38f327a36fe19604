using System.Diagnostics;
using EventSettlement.Messaging.Endpoint;

namespace EventSettlement.Messaging.Batches;

/// <summary>One span a batch, linked to the traces of its records; each record's own spans are MassTransit's.</summary>
internal static class BatchTrace
{
    public const string SourceName = "EventSettlement.Messaging";

    private const int MaxLinks = 128;
    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? Start(string group, OwnedBatch batch)
    {
        if (!Source.HasListeners())
            return null;
        var links = batch
            .Records.Select(record => RecordHeaders.Find(record.Headers.Text, WireHeaders.Traceparent))
            .Where(traceparent => traceparent is not null)
            .Distinct()
            .Take(MaxLinks)
            .Select(traceparent =>
                ActivityContext.TryParse(traceparent, null, isRemote: true, out var remote) ? remote : default
            )
            .Where(remote => remote != default)
            .Select(remote => new ActivityLink(remote))
            .ToArray();
        var activity = Source.StartActivity(
            $"{group} batch",
            ActivityKind.Consumer,
            default(ActivityContext),
            links: links
        );
        activity?.SetTag("messaging.destination.name", batch.Source.Topic);
        activity?.SetTag("messaging.destination.partition.id", batch.Source.Partition);
        activity?.SetTag("messaging.batch.message_count", batch.Records.Count);
        return activity;
    }
}
