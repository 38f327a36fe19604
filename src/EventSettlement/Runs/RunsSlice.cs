using EventSettlement.Alerts;
using EventSettlement.Ledger.Watching;
using EventSettlement.Platform;

namespace EventSettlement.Runs;

/// <summary>Runs: schedule, planner, progress.</summary>
public static class RunsSlice
{
    /// <summary>Commands and queries, for every role.</summary>
    public static IServiceCollection AddRuns(this IServiceCollection services, Settings settings) =>
        services
            .AddSingleton(new RunCalendar(settings.StudyRefund.Cron))
            .AddSingleton<RunSignal>()
            .AddSingleton<RunCommands>()
            .AddSingleton<RunQueries>();

    /// <summary>What the role <c>scheduler</c> runs besides.</summary>
    public static IServiceCollection AddRunScheduler(this IServiceCollection services) =>
        services
            .AddHostedService<RunSchedule>()
            .AddHostedService<RunPlanner>()
            .AddHostedService<RunWatch>()
            .AddHostedService<HealedAlerts>()
            .AddHostedService<LedgerWatch>();
}
