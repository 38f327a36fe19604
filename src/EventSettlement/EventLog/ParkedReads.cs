using System.ComponentModel.DataAnnotations;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.EventLog;

public sealed record ParkedRow(
    long ParkedId,
    string Topic,
    int Partition,
    long Offset,
    string Code,
    string? Pointer,
    string Message,
    DateTimeOffset FirstSeen,
    [property: AllowedValues("PARKED", "REPLAYED", "DISCARDED")] string Status
);

/// <summary>Messages that could not be handled, the oldest first.</summary>
public sealed class ParkedReads(Database database)
{
    private const string ListParked = """
        SELECT id AS parked_id, topic, partition, "offset", code, pointer, message, first_seen, status
        FROM parked_message WHERE id > @seen AND (@status IS NULL OR status = @status) ORDER BY id LIMIT @limit
        """;

    public async Task<Page<ParkedRow>> List(string? status, int? limit, string? after, CancellationToken cancel)
    {
        if (status is not null and not ("PARKED" or "REPLAYED" or "DISCARDED"))
            throw ProblemException.Invalid("/status", "is one of PARKED, REPLAYED, DISCARDED");
        var most = Paging.Limit(limit);
        var rows = await database.Query<ParkedRow>(
            ListParked,
            new
            {
                seen = Paging.Number(after, 0),
                status,
                limit = most + 1,
            },
            cancel
        );
        return Paging.Cut(rows, most, r => $"{r.ParkedId}");
    }
}
