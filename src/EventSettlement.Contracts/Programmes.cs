namespace EventSettlement.Contracts;

/// <summary>The kinds of settlement, as they stand in topics, tables and screens.</summary>
public static class Programmes
{
    public const string StudyRefund = "study-refund";
}
