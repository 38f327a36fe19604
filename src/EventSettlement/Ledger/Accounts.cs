namespace EventSettlement.Ledger;

/// <summary>
/// Account names, <c>programme:account</c>, kept per currency. Each programme has a payable and a clearing a
/// downstream; what else it books, it names itself.
/// </summary>
public static class Accounts
{
    private const string PayableName = "payable";

    /// <summary>What is owed and not yet paid.</summary>
    public static string Payable(string programme) => Of(programme, PayableName);

    /// <summary>What a downstream has credited for us.</summary>
    public static string Clearing(string programme, string downstream) => Of(programme, "clearing-" + downstream);

    public static string Of(string programme, string account) => programme + ":" + account;

    /// <summary>Without the programme.</summary>
    public static string NameOf(string account) => account[(account.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
