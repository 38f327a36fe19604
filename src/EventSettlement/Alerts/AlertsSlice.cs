using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;

namespace EventSettlement.Alerts;

/// <summary>What needs a person: one row a cause, raised by whoever finds it.</summary>
public static class AlertsSlice
{
    public static readonly Slice Slice = new("alerts")
    {
        Add = Add,
        Map = AlertRoutes.Map,
        Verbs = () => [AlertVerbs.Command()],
    };

    private static void Add(ServerProcess server)
    {
        server.Services.AddSingleton<AlertReads>().AddSingleton<ISideTable<Alert>, AlertTable>();
        if (server.Has(Roles.Scheduler))
            server
                .Services.AddSingleton<AlertInbox>()
                .AddSingleton(DatabaseWatch.Healing)
                .AddHostedService<DatabaseWatch>()
                .AddHostedService<HealedAlerts>();
    }
}
