using EventSettlement.Platform;
using EventSettlement.Runs.Planning;

namespace EventSettlement.Runs;

/// <summary>Runs: schedule, planner, progress, previews and proofs.</summary>
public static class RunsSlice
{
    public static readonly Slice Slice = new("runs")
    {
        Settings = PlanCeilings.Settings,
        Add = Add,
        Map = Map,
        Verbs = () => [RunVerbs.Command()],
    };

    private static void Add(ServerProcess server)
    {
        server
            .Services.AddSingleton<RunSignal>()
            .AddSingleton<RunCommands>()
            .AddSingleton<RunQueries>()
            .AddSingleton<RunPreview>()
            .AddSingleton<RunVerification>();
        if (server.Has(Roles.Scheduler))
            server.Services.AddHostedService<RunSchedule>().AddHostedService<RunPlanner>().AddHostedService<RunWatch>();
    }

    private static void Map(IEndpointRouteBuilder v1)
    {
        RunRoutes.Map(v1);
        RunProofRoutes.Map(v1);
    }
}
