using System.Net.Sockets;
using EventSettlement.Access;
using EventSettlement.Alerts;
using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.Dashboard;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Payouts;
using EventSettlement.Runs;
using EventSettlement.Settlements;
using EventSettlement.StudyRefunds;
using EventSettlement.StudyRefunds.Intake;

namespace EventSettlement.Platform;

/// <summary>One server process, with the roles that it was started for.</summary>
public static class ServeHost
{
    public static readonly string[] AllRoles = ["api", "scheduler", "saga", "payout", "intake", "relay"];

    /// <summary>Until it is told to stop; that it may be at any moment, also before it serves.</summary>
    public static async Task Run(Settings settings, IReadOnlyCollection<string> roles, CancellationToken stop)
    {
        try
        {
            await Migrator.Migrate(settings.ConnectionStrings.Main, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        await using var app = Build(settings, roles);
        var loops = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToArray();
        try
        {
            await app.StartAsync(stop);
        }
        catch (Exception failed)
        {
            // What has started already must not go on while all that it uses is disposed of.
            var told = stop.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested;
            await app.StopAsync(CancellationToken.None);
            if (told && failed is OperationCanceledException)
                return;
            if (failed is SocketException)
                throw Shell.CannotListen(settings.Api.Urls, "Api:Urls", failed);
            throw;
        }

        await app.WaitForShutdownAsync(stop);

        // A loop that failed has stopped the host: whoever supervises the process must see that this is no orderly end.
        foreach (var loop in loops)
            if (loop.ExecuteTask is { IsFaulted: true } failed)
                await failed;
    }

    public static WebApplication Build(Settings settings, IReadOnlyCollection<string> roles)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.AddLines();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .UseUrls(settings.Api.Urls)
            .ConfigureKestrel(o =>
            {
                o.AddServerHeader = false;
                o.Limits.MaxRequestBodySize = 1024 * 1024;
            });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        AddAll(builder.Services, settings, roles);
        var app = builder.Build();
        MapAll(app, roles);
        return app;
    }

    private static void AddAll(IServiceCollection services, Settings settings, IReadOnlyCollection<string> roles)
    {
        var database = new Database(settings.ConnectionStrings.Main);
        services.AddSingleton(settings).AddSingleton(_ => database).AddSingleton(_ => database.Hot);
        services.AddTelemetry(settings, string.Join(',', roles));
        services.AddAccess(settings).AddApi(settings).AddDashboard(settings);
        services
            .AddSettlements(settings)
            .AddPayouts(settings)
            .AddStudyRefunds(settings)
            .AddRuns(settings)
            .AddLedger(settings);
        services.AddMessaging(
            OptionsOf(settings, roles, new AlertInbox(database)),
            m =>
                m.SharedTopic(Topics.StudyCompleted)
                    .StudyRefundsMessages(settings)
                    .SettlementsMessages(settings)
                    .PayoutsMessages(settings)
        );
        if (roles.Contains("scheduler"))
            services.AddRunScheduler();
        if (roles.Contains("payout"))
            services.AddPayoutRole(settings);
    }

    private static void MapAll(WebApplication app, IReadOnlyCollection<string> roles)
    {
        app.UseApi();
        app.MapHealth(roles);
        if (!roles.Contains("api"))
            return;
        app.MapApi().MapAccess().MapDashboard();
        app.MapGroup("").Needs(Role.Operator).MapStudyRefunds();
    }

    private static MessagingOptions OptionsOf(
        Settings settings,
        IReadOnlyCollection<string> roles,
        AlertInbox alerts
    ) =>
        new()
        {
            Log = settings.EventLog.Kind,
            Bootstrap = settings.EventLog.Bootstrap,
            Partitions = settings.EventLog.Partitions,
            Groups = roles.SelectMany(GroupsOf).ToHashSet(),
            Relay = roles.Contains("relay"),
            OnAlert = alerts.Raise,
        };

    private static string[] GroupsOf(string role) =>
        role switch
        {
            "intake" => [StudyIntake.Group],
            "saga" => ["saga"],
            "payout" => [PayoutWorker.Group],
            _ => [],
        };
}
