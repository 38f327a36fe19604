using System.Globalization;
using EventSettlement.Platform;

namespace EventSettlement.Settlements.Explain;

/// <summary>What became of what is owed, in words. Pure.</summary>
internal static class OutcomeText
{
    public static string Run(ExplainedRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"run {request.RunId} for {request.BusinessDate:yyyy-MM-dd}");

    /// <summary>Of one that was planned held and not released since.</summary>
    public static string Hold(ExplainedRequest request) =>
        request.HoldReason is { } reason ? $", held until it is released: {reason}" : "";

    public static string Paid(long amount) => string.Create(CultureInfo.InvariantCulture, $"{amount:N0} paid");

    public static string Item(ExplainedRequest request, ExplainedItem item) =>
        item.State switch
        {
            "PAID" when item.Amount == 0 => "nothing to pay",
            "PAID" when item.ErrorCode == "paid_by_hand" => $"taken for paid by hand as {item.TransactionId} "
                + $"on {Time(item.PaidAt)} ({item.ErrorMessage})",
            "PAID" => $"paid as {item.TransactionId} on {Time(item.PaidAt)}",
            "PENDING" when request.HoldReason is not null => "not paid before the settlement is released",
            "PENDING" => $"not paid before {Time(request.PayableAt)}",
            "SENDING" => "being paid",
            "REJECTED" => $"rejected: {Error(item)}",
            "FAILED" => $"failed: {Error(item)}",
            "IN_DOUBT" when item.NeedsPerson => $"in doubt, a person must decide: {Error(item)}",
            "IN_DOUBT" when item.ErrorCode == "answer_unreadable" => "in doubt, its answer could not be read: "
                + (item.ErrorMessage ?? "it lacks what an answer needs"),
            "IN_DOUBT" => $"in doubt: the call for it ended without an answer{Because(item.ErrorCode)}",
            "CANCELLED" => "cancelled",
            "WRITTEN_OFF" => $"written off: {Error(item)}",
            _ => item.State,
        };

    private static string Because(string? code) => code is null ? "" : $" ({code})";

    private static string Error(ExplainedItem item) =>
        (item.ErrorCode, item.ErrorMessage) switch
        {
            (null, null) => "no reason given",
            ({ } code, null) => code,
            (null, { } message) => message,
            var (code, message) => $"{code}, {message}",
        };

    private static string Time(DateTime? utc) => utc is { } at ? Seoul.Format(at) : "an unknown day";
}
