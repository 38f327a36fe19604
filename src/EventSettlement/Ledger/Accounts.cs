namespace EventSettlement.Ledger;

/// <summary>Account names; each programme has its own, kept per currency.</summary>
public static class Accounts
{
    public static string DepositsHeld(string programme) => programme + ":deposits-held";

    public static string RefundsPayable(string programme) => programme + ":refunds-payable";

    public static string ForfeitedIncome(string programme) => programme + ":forfeited-income";

    public static string Clearing(string programme, string downstream) => programme + ":clearing-" + downstream;
}
