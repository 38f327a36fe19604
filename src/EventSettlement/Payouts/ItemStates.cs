namespace EventSettlement.Payouts;

/// <summary>States of an item as the table spells them.</summary>
internal static class ItemStates
{
    public const string Pending = "PENDING";
    public const string Sending = "SENDING";
    public const string Paid = "PAID";
    public const string Failed = "FAILED";
    public const string Rejected = "REJECTED";
    public const string InDoubt = "IN_DOUBT";
    public const string Cancelled = "CANCELLED";
    public const string WrittenOff = "WRITTEN_OFF";

    public static readonly string[] All = [Pending, Sending, Paid, Failed, Rejected, InDoubt, Cancelled, WrittenOff];
}
