using EventSettlement.Ledger.Watching;
using EventSettlement.Platform;

namespace EventSettlement.Ledger;

/// <summary>The double-entry ledger: written by those who move money, looked at, proven and watched here.</summary>
public static class LedgerSlice
{
    public static readonly Slice Slice = new("ledger")
    {
        Add = Add,
        Map = LedgerRoutes.Map,
        Verbs = () => [LedgerVerbs.Command()],
    };

    private static void Add(ServerProcess server)
    {
        server.Services.AddSingleton<LedgerReads>().AddSingleton<LedgerVerification>();
        if (server.Has(Roles.Scheduler))
            server.Services.AddHostedService<LedgerWatch>();
    }
}
