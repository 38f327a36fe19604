using System.Globalization;
using EventSettlement.Access;
using EventSettlement.Payouts;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace EventSettlement.Api;

/// <summary>Either the downstream's transaction id, or the reason why it will not be paid.</summary>
public sealed record ResolveBody(string? Paid = null, string? WriteOff = null);

/// <summary>A person ends what no machine can.</summary>
internal static class ItemResolving
{
    public static async Task<ItemRow> Resolve(
        string key,
        ResolveBody body,
        ItemResolution resolution,
        ItemReads items,
        HttpContext http
    )
    {
        var (settlement, no) = Parse(key) ?? throw Unknown(key);
        var (paid, writeOff) = (PlainText.Optional(body.Paid, "/paid"), PlainText.Optional(body.WriteOff, "/writeOff"));
        if (paid is null == writeOff is null)
            throw ProblemException.Invalid("/paid", "or writeOff is given, and one of them only");
        var (actor, cancel) = (Actor.Of(http).Name, http.RequestAborted);
        var audit = http.Features.GetRequiredFeature<AuditEntry>();
        Task Note(NpgsqlTransaction transaction) => AuditRows.NoteDone(transaction, audit, cancel);
        var answer = paid is null
            ? await resolution.WriteOff(settlement, no, writeOff!, actor, cancel, Note)
            : await resolution.MarkPaid(settlement, no, paid, actor, cancel, Note);
        if (answer.Code is "not_found")
            throw Unknown(key);
        // The same request after a crash finds what it has done.
        if (!answer.IsDone && !await items.IsResolved(settlement, no, paid, writeOff, cancel))
            throw ProblemException.Refused(
                answer.Code!,
                answer.Reason ?? answer.Code!,
                answer.AskAgainAt is { } at
                    ? string.Create(CultureInfo.InvariantCulture, $"ask again after {at:u}")
                    : null
            );
        return await items.Find(settlement, no, cancel) ?? throw Unknown(key);
    }

    /// <summary>The key that items show: settlement, number, and a generation that may be left out.</summary>
    internal static (Guid Settlement, int No)? Parse(string key)
    {
        const int guidLength = 36;
        var name = key.EndsWith(":1", StringComparison.Ordinal) ? key[..^2] : key;
        return
            name.Length > guidLength + 1
            && name[guidLength] == '-'
            && Guid.TryParseExact(name[..guidLength], "D", out var id)
            && int.TryParse(name.AsSpan(guidLength + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? (id, no)
            : null;
    }

    private static ProblemException Unknown(string key) =>
        ProblemException.NotFound("item_not_found", $"there is no item {key}");
}
