using EventSettlement.Facts;

namespace EventSettlement.Views.Owners;

/// <summary>Who earns from a content from when.</summary>
/// <param name="CreatorId">Null = nobody from then on.</param>
/// <param name="From">UTC, whole microseconds.</param>
public sealed record ContentFact(string ContentId, string? CreatorId, DateTime From);

/// <summary>Bytes to a fact of the topic <c>contents</c>, or to the rules they break. Pure.</summary>
public static class ContentFactDecoder
{
    /// <param name="body">Null is a tombstone.</param>
    /// <param name="now">UTC; facts from the future are refused after one day.</param>
    /// <param name="fact">Null: at least one problem is answered.</param>
    public static IReadOnlyList<FactProblem> Decode(byte[]? body, DateTime now, out ContentFact? fact)
    {
        var fields = new Fields();
        var problems = FactBody.Read(body, fields, ReadField, "contentId", "creatorId", "from");
        if (fields.From is { } from && !problems.IsUnread && (from < FactBody.Earliest || from > now.AddDays(1)))
            problems.Add(FactCodes.OutOfRange, "/from", "from 2000-01-01 to one day from now");
        fact = problems.None ? new ContentFact(fields.ContentId!, fields.CreatorId, fields.From!.Value) : null;
        return problems.Found;
    }

    private static void ReadField(ref FactReader json, string name, Fields fields)
    {
        switch (name)
        {
            case "contentId":
                fields.ContentId = json.Id("/contentId");
                break;
            case "creatorId":
                fields.CreatorId = json.IdOrNull("/creatorId");
                break;
            case "from":
                fields.From = json.Instant("/from");
                break;
            default:
                json.Unknown("", name);
                break;
        }
    }

    private sealed class Fields
    {
        public string? ContentId { get; set; }

        public string? CreatorId { get; set; }

        public DateTime? From { get; set; }
    }
}
