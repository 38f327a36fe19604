using System.Globalization;

namespace EventSettlement.StudyRefunds.Explain;

/// <summary>The sentences of an explanation. Pure.</summary>
internal static class ExplainText
{
    public static string Item(ExplainedRequest request, ExplainedItem item) =>
        $"{Formula(request, item)}; fact at {request.Fact}; {Run(request)}; {Outcome(request, item)}";

    public static string Total(ExplainedRequest request, int items, long paid) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Amount:N0} {request.Currency} owed to {items:N0} members and {request.Kept:N0} kept, "
        )
        + string.Create(
            CultureInfo.InvariantCulture,
            $"of {items:N0} × {request.Deposit:N0} deposited; {paid:N0} paid; "
        )
        + $"policy {request.Policy}; fact at {request.Fact}; {Run(request)}; {request.State}";

    private static string Formula(ExplainedRequest request, ExplainedItem item)
    {
        var penalties = (Int128)item.Absences * request.Penalty;
        var absences = item.Absences == 1 ? "absence" : "absences";
        var difference = string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Deposit:N0} − {item.Absences} {absences} × {request.Penalty:N0}"
        );
        return penalties > request.Deposit
            ? $"0 = max(0, {difference})"
            : string.Create(CultureInfo.InvariantCulture, $"{item.Amount:N0} = {difference}");
    }

    private static string Run(ExplainedRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"run {request.RunId} for {request.BusinessDate:yyyy-MM-dd}");

    private static string Outcome(ExplainedRequest request, ExplainedItem item) =>
        item.State switch
        {
            "PAID" when item.Amount == 0 => "nothing to pay",
            "PAID" => $"paid as {item.TransactionId} on {Seoul(item.PaidAt)}",
            "PENDING" => $"not paid before {Seoul(request.PayableAt)}",
            "SENDING" => "being paid",
            "REJECTED" => $"rejected: {Error(item)}",
            "FAILED" => $"failed: {Error(item)}",
            "IN_DOUBT" when item.NeedsPerson => $"in doubt, a person must decide: {Error(item)}",
            "IN_DOUBT" => "in doubt: the call for it ended without an answer",
            "CANCELLED" => "cancelled",
            "WRITTEN_OFF" => $"written off: {Error(item)}",
            _ => item.State,
        };

    private static string Error(ExplainedItem item) =>
        (item.ErrorCode, item.ErrorMessage) switch
        {
            (null, null) => "no reason given",
            ({ } code, null) => code,
            (null, { } message) => message,
            var (code, message) => $"{code}, {message}",
        };

    private static string Seoul(DateTime? utc) =>
        utc is { } at
            ? (at + TimeSpan.FromHours(9)).ToString("yyyy-MM-dd HH:mm:ss 'KST'", CultureInfo.InvariantCulture)
            : "an unknown day";
}
