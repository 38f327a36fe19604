using EventSettlement.Facts;

namespace EventSettlement.Views.Intake;

/// <summary>
/// Bytes to a view, or to the rules they break. Pure, and the letter of the law: <see cref="ViewScan"/> is the fast way
/// for the usual shape and must never differ from it.
/// </summary>
public static class ViewFactDecoder
{
    public const int MaxWatchedSeconds = 86_400;

    /// <param name="body">Null is a tombstone.</param>
    /// <param name="now">UTC; views from the future are refused after one day.</param>
    /// <param name="fact">Null: at least one problem is answered.</param>
    public static IReadOnlyList<FactProblem> Decode(byte[]? body, DateTime now, out ViewFact? fact)
    {
        var fields = new Fields();
        var problems = FactBody.Read(
            body,
            fields,
            ReadField,
            "viewId",
            "memberId",
            "contentId",
            "watchedSeconds",
            "completed",
            "viewedAt"
        );
        if (fields.ViewedAt is { } at && !problems.IsUnread && (at < FactBody.Earliest || at > now.AddDays(1)))
            problems.Add(FactCodes.OutOfRange, "/viewedAt", "from 2000-01-01 to one day from now");
        fact = problems.None
            ? new ViewFact(
                fields.ViewId!,
                fields.MemberId!,
                fields.ContentId!,
                (int)fields.WatchedSeconds!.Value,
                fields.Completed!.Value,
                fields.AdId,
                fields.ViewedAt!.Value
            )
            : null;
        return problems.Found;
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        switch (name)
        {
            case "viewId":
                fields.ViewId = json.Id("/viewId");
                break;
            case "memberId":
                fields.MemberId = json.Id("/memberId");
                break;
            case "contentId":
                fields.ContentId = json.Id("/contentId");
                break;
            case "watchedSeconds":
                fields.WatchedSeconds = json.Integer("/watchedSeconds", MaxWatchedSeconds);
                break;
            case "completed":
                fields.Completed = json.Boolean("/completed");
                break;
            case "adId":
                fields.AdId = json.IdOrNull("/adId");
                break;
            case "viewedAt":
                fields.ViewedAt = json.Instant("/viewedAt");
                break;
            default:
                json.Unknown("", name);
                break;
        }
    }

    /// <summary>What stood in a body, each value by itself already right; null where it was missing or wrong.</summary>
    private sealed class Fields
    {
        public string? ViewId { get; set; }

        public string? MemberId { get; set; }

        public string? ContentId { get; set; }

        public long? WatchedSeconds { get; set; }

        public bool? Completed { get; set; }

        public string? AdId { get; set; }

        public DateTime? ViewedAt { get; set; }
    }
}
