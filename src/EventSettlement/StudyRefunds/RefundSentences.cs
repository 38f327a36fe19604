using System.Globalization;
using EventSettlement.Programmes;

namespace EventSettlement.StudyRefunds;

/// <summary>Why a member is owed this amount, in words. Pure.</summary>
internal static class RefundSentences
{
    /// <param name="absences">By the order of the items.</param>
    public static OwedReason Reason(OwedDocument document, StudyBasis basis, IReadOnlyList<int> absences)
    {
        var deposited = document.Amount + basis.Kept;
        var text =
            string.Create(
                CultureInfo.InvariantCulture,
                $"{document.Amount:N0} {document.Currency} owed to {document.Items.Count:N0} members and "
            )
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{basis.Kept:N0} kept, of {document.Items.Count:N0} × {basis.Deposit:N0} deposited; "
            )
            + $"policy {basis.Policy}; fact at {basis.Fact}";
        return new OwedReason(
            text,
            [.. document.Items.Select(item => Formula(item, basis, absences[item.No - 1]))],
            [new ReasonLine("deposited", deposited), new ReasonLine("kept for absences", -basis.Kept)]
        );
    }

    private static string Formula(OwedItem item, StudyBasis basis, int absences)
    {
        var difference = string.Create(
            CultureInfo.InvariantCulture,
            $"{basis.Deposit:N0} − {absences} {(absences == 1 ? "absence" : "absences")} × {basis.Penalty:N0}"
        );
        var formula =
            (Int128)absences * basis.Penalty > basis.Deposit
                ? $"0 = max(0, {difference})"
                : string.Create(CultureInfo.InvariantCulture, $"{item.Amount:N0} = {difference}");
        return $"{formula}; fact at {basis.Fact}";
    }
}
