using EventSettlement.Facts;
using EventSettlement.Pages;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Views.Intake;
using EventSettlement.Views.Owners;
using EventSettlement.Views.Raw;
using EventSettlement.Views.Seen;
using EventSettlement.Views.Signals;
using EventSettlement.Views.Statistics;

namespace EventSettlement.Views;

/// <summary>View logs in, each view counted once; statistics by content, ad and creator.</summary>
public static class ViewsSlice
{
    public const string Topic = "view-logs";
    public const string OwnersTopic = "contents";

    public static readonly Slice Slice = new("views")
    {
        Settings = ViewSettings.All,
        Add = Add,
        Messages = (messaging, _) =>
            messaging
                .SharedTopic(Topic)
                .ConsumeBulk(
                    ViewIntake.Group,
                    Topic,
                    services => ActivatorUtilities.CreateInstance<ViewIntake>(services)
                )
                .SharedTopic(OwnersTopic)
                .Consume<ContentIntake>(ContentIntake.Group, OwnersTopic),
        Groups = _ => [(Roles.Intake, ViewIntake.Group), (Roles.Intake, ContentIntake.Group)],
        Map = v1 =>
        {
            StatisticsRoutes.Map(v1);
            SignalRoutes.Map(v1);
        },
        MapPages = StatisticsPage.Map,
        Verbs = () => [ViewVerbs.Command()],
    };

    public static ViewRules RulesOf(Settings settings) =>
        new(
            settings.Get(ViewSettings.Window),
            settings.Get(ViewSettings.LateAfter),
            settings.Get(ViewSettings.KeepRaw)
        );

    private static void Add(ServerProcess server)
    {
        server.Services.AddSingleton(RulesOf(server.Settings)).AddSingleton<SeenBuckets>();
        server
            .Services.AddSingleton(new FactTopic(Topic, CheckView))
            .AddSingleton(new FactTopic(OwnersTopic, CheckOwner));
        server.Services.AddSingleton<CreatorSums>().AddSingleton<FactsRead>();
        server
            .Services.AddSingleton<HourSums>()
            .AddSingleton<StatisticsBoards>()
            .AddSingleton(new PageLink("Statistics", StatisticsPage.Path));
        server.Services.AddSingleton<StatisticsReads>().AddSingleton<ViewStatusReads>().AddSingleton<Recount>();
        server
            .Services.AddSingleton<DailyReads>()
            .AddSingleton<BurstReads>()
            .AddSingleton<AnomalyReads>()
            .AddSingleton<ForecastReads>();
        if (server.Has(Roles.Scheduler))
            server
                .Services.AddSingleton(SignalWatch.Healing)
                .AddHostedService<ViewUpkeep>()
                .AddHostedService<SignalWatch>();
    }

    private static FactCheck CheckView(byte[] body, DateTime now)
    {
        var problems = ViewFactDecoder.Decode(body, now, out var fact);
        return new FactCheck(fact?.ContentId, problems);
    }

    private static FactCheck CheckOwner(byte[] body, DateTime now)
    {
        var problems = ContentFactDecoder.Decode(body, now, out var fact);
        return new FactCheck(fact?.ContentId, problems);
    }
}
