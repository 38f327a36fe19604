namespace EventSettlement.Sandbox;

/// <summary>What a key was credited with; final.</summary>
internal readonly record struct Credit(string MemberId, long Amount, string Currency, long Number)
{
    public string TransactionId => "tx-" + Number.ToString("D9", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One credit as asked for.</summary>
internal readonly record struct CreditRequest(
    string Key,
    string MemberId,
    long Amount,
    string Currency,
    string? Reference
);

/// <summary>One line of an answer.</summary>
internal readonly record struct CreditResult(
    string Key,
    string Status,
    string? TransactionId = null,
    string? Code = null,
    string? Message = null,
    long? Amount = null,
    string? Currency = null
)
{
    public const string Credited = "CREDITED";
    public const string Rejected = "REJECTED";
    public const string Failed = "FAILED";
    public const string Unknown = "UNKNOWN";
}
