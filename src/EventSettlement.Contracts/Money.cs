namespace EventSettlement.Contracts;

/// <summary>
/// An amount in whole minor units of a currency (ISO 4217, or PNT-FREE and PNT-PAID). KRW has no decimals.
/// </summary>
/// <exception cref="OverflowException">Arithmetic past 64 bits.</exception>
/// <exception cref="InvalidOperationException">Two currencies in one sum.</exception>
public readonly record struct Money(long Minor, string Currency)
{
    public static Money Zero(string currency) => new(0, currency);

    public static Money operator +(Money left, Money right) =>
        new(checked(left.Minor + right.Same(left)), left.Currency);

    public static Money operator -(Money left, Money right) =>
        new(checked(left.Minor - right.Same(left)), left.Currency);

    public override string ToString() => $"{Minor} {Currency}";

    private long Same(Money other) =>
        Currency == other.Currency
            ? Minor
            : throw new InvalidOperationException($"{Currency} and {other.Currency} cannot be added");
}
