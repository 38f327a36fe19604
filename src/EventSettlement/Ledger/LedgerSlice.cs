using EventSettlement.Platform;

namespace EventSettlement.Ledger;

/// <summary>The double-entry ledger: written by those who move money, looked at here.</summary>
public static class LedgerSlice
{
    public static IServiceCollection AddLedger(this IServiceCollection services, Settings settings) =>
        services.AddSingleton<LedgerQueries>().AddSingleton<LedgerVerification>();
}
