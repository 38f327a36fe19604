using EventSettlement.Platform;

namespace EventSettlement.EventLog;

/// <summary>
/// The tables of the messaging core, for people: how far the log was read, what could not be handled, what waits.
/// </summary>
public static class EventLogSlice
{
    public static readonly Slice Slice = new("event-log")
    {
        Add = Add,
        Map = Map,
        Verbs = () => [ParkedVerbs.Command(), LogVerbs.Command()],
    };

    private static void Add(ServerProcess server)
    {
        server.Services.AddSingleton<ParkedReads>().AddSingleton<OffsetReads>().AddSingleton<WaitingReads>();
        if (server.Has(Roles.Scheduler))
            server.Services.AddHostedService<OutboxWatch>();
        foreach (var healing in LogAlerts.Healings)
            server.Services.AddSingleton(healing);
    }

    private static void Map(IEndpointRouteBuilder v1)
    {
        ParkedRoutes.Map(v1);
        LogRoutes.Map(v1);
    }
}
