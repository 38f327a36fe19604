using System.Net.Sockets;
using EventSettlement.Access;
using EventSettlement.Alerts;
using EventSettlement.Api;
using EventSettlement.CreatorRevenue;
using EventSettlement.Dashboard;
using EventSettlement.EventLog;
using EventSettlement.Facts;
using EventSettlement.Ledger;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Pages;
using EventSettlement.Payees;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Policies;
using EventSettlement.Programmes;
using EventSettlement.Runs;
using EventSettlement.Settlements;
using EventSettlement.StudyRefunds;
using EventSettlement.Views;

namespace EventSettlement;

/// <summary>The table of contents: every slice of the product, and the process that they make together.</summary>
public static class Server
{
    public static readonly IReadOnlyList<Slice> Slices =
    [
        PlatformSlice.Slice,
        ApiSlice.Slice,
        AccessSlice.Slice,
        PagesSlice.Slice,
        DashboardSlice.Slice,
        FactsSlice.Slice,
        ProgrammesSlice.Slice,
        RunsSlice.Slice,
        SettlementsSlice.Slice,
        PayoutsSlice.Slice,
        LedgerSlice.Slice,
        AlertsSlice.Slice,
        EventLogSlice.Slice,
        ViewsSlice.Slice,
        PayeesSlice.Slice,
        PoliciesSlice.Slice,
        // Programmes, a line each.
        StudyRefundsSlice.Slice,
        CreatorRevenueSlice.Slice,
    ];

    public static readonly SettingCatalogue Catalogue = CatalogueOf(Slices);

    public static IReadOnlyList<ProgrammeTerms> Programmes => [.. Slices.OfType<ProgrammeSlice>().Select(s => s.Terms)];

    public static SettingCatalogue CatalogueOf(IReadOnlyList<Slice> slices)
    {
        var programmes = slices.OfType<ProgrammeSlice>().Select(s => s.Terms).ToList();
        return new SettingCatalogue(
            [.. slices.SelectMany(slice => slice.Settings)],
            [.. slices.Select(slice => slice.Check)],
            new Dictionary<string, IReadOnlyList<string>>
            {
                [ProgrammeSettings.Section] = [.. programmes.Select(terms => terms.Name)],
            },
            programmes.Aggregate(new Settings(), ProgrammeSettings.Defaults)
        );
    }

    /// <summary>Until it is told to stop; that it may be at any moment, also before it serves.</summary>
    public static async Task Run(Settings settings, IReadOnlyCollection<string> roles, CancellationToken stop)
    {
        try
        {
            await Migrator.Migrate(settings.Get(PlatformSettings.Main), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        await using var app = Build(settings, roles, Slices);
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
                throw Shell.CannotListen(settings.Get(ApiSettings.Urls), ApiSettings.Urls.Key, failed);
            throw;
        }

        await app.WaitForShutdownAsync(stop);

        // A loop that failed has stopped the host: whoever supervises the process must see that this is no orderly end.
        foreach (var loop in loops)
            if (loop.ExecuteTask is { IsFaulted: true } failed)
                await failed;
    }

    public static WebApplication Build(
        Settings settings,
        IReadOnlyCollection<string> roles,
        IReadOnlyList<Slice> slices
    )
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        builder.Logging.AddConfiguration(SettingSources.Read().GetSection("Logging")).AddLines();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .UseUrls(settings.Get(ApiSettings.Urls))
            .UseCertificate(settings)
            .ConfigureKestrel(o =>
            {
                o.AddServerHeader = false;
                o.Limits.MaxRequestBodySize = 1024 * 1024;
            });
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = LongestStop(settings));
        var server = new ServerProcess(builder.Services, settings, roles);
        foreach (var slice in slices)
            slice.Add(server);
        builder.Services.AddMessaging(
            MessagingOf(settings, roles, slices),
            messaging =>
            {
                foreach (var slice in slices)
                    slice.Messages(messaging, settings);
            }
        );
        var app = builder.Build();
        app.UseApi();
        app.MapHealth(roles);
        if (!server.Has(Roles.Api))
            return app;
        var v1 = app.MapV1();
        foreach (var slice in slices)
        {
            slice.Map(v1);
            slice.MapPages(app);
        }

        return app;
    }

    /// <summary>Calls under way are waited for: what is cut off may have been paid, and must be looked up.</summary>
    private static TimeSpan LongestStop(Settings settings) =>
        TimeSpan.FromSeconds(20)
        + ProgrammeSettings
            .Downstreams(settings)
            .Select(name => settings.Get(PayoutSettings.Timeout, name))
            .DefaultIfEmpty()
            .Max();

    private static MessagingOptions MessagingOf(
        Settings settings,
        IReadOnlyCollection<string> roles,
        IReadOnlyList<Slice> slices
    ) =>
        new()
        {
            Log = settings.Get(PlatformSettings.LogKind),
            Bootstrap = settings.Get(PlatformSettings.Bootstrap),
            Kafka = KafkaSettings.Of(settings),
            Partitions = settings.Get(PlatformSettings.Partitions),
            Groups = slices
                .SelectMany(slice => slice.Groups(settings))
                .Where(served => roles.Contains(served.Role))
                .Select(served => served.Group)
                .ToHashSet(),
            Relay = roles.Contains(Roles.Relay),
            OnAlert = new AlertInbox(new Database(settings.Get(PlatformSettings.Main))).Raise,
        };
}
