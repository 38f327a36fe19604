namespace EventSettlement.Contracts;

/// <summary>Names of the topics that cross a process boundary.</summary>
public static class Topics
{
    /// <summary>Everything that moves a settlement; key = settlement id.</summary>
    public const string Settlements = "settlements";

    /// <summary>What the world may know; key = settlement id, CloudEvents in binary mode.</summary>
    public const string SettlementEvents = "settlement-events";

    /// <summary>Payments for one downstream service; key = settlement id.</summary>
    public static string Payouts(string downstream) => "payouts." + downstream;
}
