using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;

namespace EventSettlement.Payouts;

/// <summary>
/// Pays items through the downstreams and finds out about those in doubt. Each downstream has a topic, a worker, a
/// breaker and limits of its own, so that one that is slow or stopped holds up nobody else's payments.
/// </summary>
public static class PayoutsSlice
{
    public static readonly Slice Slice = new("payouts")
    {
        Settings = PayoutSettings.All,
        Check = PayoutSettings.Check,
        Add = Add,
        Messages = Messages,
        Map = Map,
        Verbs = () => [ItemVerbs.Command(), DownstreamVerbs.Command()],
        Groups = settings =>
            ProgrammeSettings.Downstreams(settings).Select(name => (Roles.Payout, PayoutWorker.GroupOf(name))),
    };

    private static void Add(ServerProcess server)
    {
        var services = server.Services;
        services.AddSingleton(PayoutLimits.From(server.Settings));
        services.AddSingleton<Downstreams>().AddSingleton<DownstreamReads>().AddSingleton<ItemReads>();
        services.AddSingleton(PayoutAlerts.OtherAmountHealing).AddSingleton(PayoutAlerts.UnreadableHealing);
        services.AddSingleton(s => new ItemResolution(
            s.GetRequiredService<Database>(),
            s.GetRequiredService<ProgrammeList>(),
            s.GetRequiredService<Topology>(),
            s.GetRequiredService<IOutgoingWriter>(),
            s.GetRequiredService<PayoutLimits>()
        ));
        if (server.Has(Roles.Payout))
            AddWorkers(services, server.Settings);
    }

    /// <summary>
    /// The role <c>payout</c>. Refuses limits, and machines, under which a late call could pay twice.
    /// </summary>
    private static void AddWorkers(IServiceCollection services, Settings settings)
    {
        SettingMistake[] mistakes = [.. PayoutSettings.Check(settings)];
        if (mistakes.Length > 0)
            throw new InvalidSettingsException(mistakes);
        if (BootClock.Fault is { } fault)
            throw new InvalidOperationException(fault);
        var names = ProgrammeSettings.Downstreams(settings);
        services.AddSingleton(_ => new DownstreamList(names.Select(name => Downstream(settings, name))));
        services.AddHostedService<ClockWatch>();
        foreach (var name in names)
            services.AddSingleton<IHostedService>(s =>
                ActivatorUtilities.CreateInstance<DoubtResolver>(s, s.GetRequiredService<DownstreamList>().Of(name))
            );
    }

    private static void Map(IEndpointRouteBuilder v1)
    {
        ItemRoutes.Map(v1);
        DownstreamRoutes.Map(v1);
    }

    /// <summary>
    /// Its messages, in and out, are mapped where the settlement is: the saga is the other end of each.
    /// </summary>
    private static void Messages(MessagingBuilder messaging, Settings settings)
    {
        foreach (var name in ProgrammeSettings.Downstreams(settings))
            messaging.Consume(
                PayoutWorker.GroupOf(name),
                Topics.Payouts(name),
                s => ActivatorUtilities.CreateInstance<PayoutWorker>(s, s.GetRequiredService<DownstreamList>().Of(name))
            );
    }

    private static Downstream Downstream(Settings settings, string name) =>
        new(
            name,
            new MemberServiceClient(
                settings.Get(PayoutSettings.BaseUrl, name),
                settings.Get(PayoutSettings.ApiKey, name),
                settings.Get(PayoutSettings.Timeout, name)
            ),
            settings.Get(PayoutSettings.MaxItems, name),
            settings.Get(PayoutSettings.MaxInFlight, name)
        );
}
