using System.ComponentModel.DataAnnotations;
using System.Text;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Messaging.Parked;
using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>A parked message with what arrived: as text where it is UTF-8, and byte for byte.</summary>
public sealed record ParkedShown(
    long ParkedId,
    string Topic,
    int Partition,
    long Offset,
    string Code,
    string? Pointer,
    string Message,
    DateTimeOffset FirstSeen,
    int Seen,
    [property: AllowedValues("PARKED", "REPLAYED", "DISCARDED")] string Status,
    string? Who,
    string? Reason,
    string? KeyBase64,
    string Headers,
    string? BodyText,
    string? BodyBase64
);

/// <summary>Messages that could not be handled: to look at, to send again, to leave alone.</summary>
internal static class ParkedRoutes
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    public static void Map(IEndpointRouteBuilder v1)
    {
        var parked = v1.MapGroup("/parked").WithTags("parked");
        parked
            .MapGet(
                "",
                (string? status, int? limit, string? after, ParkedReads reads, CancellationToken cancel) =>
                    reads.List(status, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListParked")
            .WithSummary("Messages that could not be handled, the oldest first");
        parked
            .MapGet("/{id:long}", Show)
            .Needs(Role.Viewer)
            .WithName("ShowParked")
            .WithSummary("One parked message, byte for byte");
        parked
            .MapPost("/{id:long}/replay", Replay)
            .Needs(Role.Operator)
            .WithName("ReplayParked")
            .WithSummary("Send the exact bytes again to the topic they came from");
        parked
            .MapPost("/{id:long}/discard", Discard)
            .Needs(Role.Operator)
            .WithName("DiscardParked")
            .WithSummary("Keep the row and handle the message no more");
    }

    private static async Task<ParkedShown> Replay(long id, NoBody? body, ParkedMessages messages, HttpContext http)
    {
        _ = await Show(id, messages, http.RequestAborted);
        return await messages.Replay(id, Actor.Of(http).Name, http.RequestAborted)
            ? await Show(id, messages, http.RequestAborted)
            : throw NotParked(id);
    }

    private static async Task<ParkedShown> Discard(long id, ReasonBody? body, ParkedMessages messages, HttpContext http)
    {
        _ = await Show(id, messages, http.RequestAborted);
        var reason = PlainText.Needed(body?.Reason, "/reason");
        return await messages.Discard(id, Actor.Of(http).Name, reason, http.RequestAborted)
            ? await Show(id, messages, http.RequestAborted)
            : throw NotParked(id);
    }

    private static async Task<ParkedShown> Show(long id, ParkedMessages messages, CancellationToken cancel)
    {
        var m =
            await messages.Show(id, cancel)
            ?? throw ProblemException.NotFound("parked_not_found", $"there is no parked message {id}");
        return new ParkedShown(
            m.Id,
            m.Source.Topic,
            m.Source.Partition,
            m.Offset,
            m.Code,
            m.Pointer,
            m.Message,
            new DateTimeOffset(m.FirstSeen, TimeSpan.Zero),
            m.Seen,
            m.Status,
            m.Who,
            m.Reason,
            m.Key is null ? null : Convert.ToBase64String(m.Key),
            m.Headers.Text,
            AsText(m.Body),
            m.Body is null ? null : Convert.ToBase64String(m.Body)
        );
    }

    private static string? AsText(byte[]? body)
    {
        try
        {
            return body is null ? null : Strict.GetString(body);
        }
        catch (DecoderFallbackException)
        {
            // It is not UTF-8; the bytes stand beside it.
            return null;
        }
    }

    private static ProblemException NotParked(long id) =>
        ProblemException.Refused(
            "not_parked",
            $"message {id} was replayed or discarded already",
            $"see settle parked show {id}"
        );
}
