using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Alerts;

/// <param name="Cause">As the list shows it.</param>
/// <param name="Reason">What was done about it.</param>
public sealed record CloseAlertBody(string? Cause, string? Reason);

/// <summary>What needs a person.</summary>
internal static class AlertRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet(
                "/alerts",
                (string? state, int? limit, string? after, AlertReads reads, CancellationToken cancel) =>
                    reads.List(state, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListAlerts")
            .WithSummary("What needs a person, one row a cause")
            .WithTags("operations");
        v1.MapPost("/alerts/close", Close)
            .Needs(Role.Operator)
            .WithName("CloseAlert")
            .WithSummary("Close an alert whose cause no machine can see the end of, with a reason")
            .WithTags("operations");
    }

    private static async Task<AlertRow> Close(
        CloseAlertBody body,
        AlertReads reads,
        IEnumerable<AlertHealing> healings,
        HttpContext http
    )
    {
        var (cause, reason) = (PlainText.Needed(body.Cause, "/cause"), PlainText.Needed(body.Reason, "/reason"));
        var (actor, cancel) = (Actor.Of(http).Name, http.RequestAborted);
        var alert =
            await reads.Find(cause, cancel)
            ?? throw ProblemException.NotFound("alert_not_found", $"there is no alert {cause}");
        if (healings.Any(healing => healing.Code == alert.Code))
            throw ProblemException.Refused(
                "closes_by_itself",
                $"an alert {alert.Code} closes by itself once its cause is gone",
                alert.Next
            );
        // The same request after a crash finds what it has done.
        if (!await reads.Close(cause, actor, reason, cancel))
        {
            alert = (await reads.Find(cause, cancel))!;
            if ((alert.ClosedBy, alert.CloseReason) != (actor, reason))
                throw ProblemException.Refused("not_open", $"the alert {cause} is closed", "nothing is to be done");
        }

        return (await reads.Find(cause, cancel))!;
    }
}
