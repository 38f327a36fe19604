using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using EventSettlement.Settlements.Explain;
using EventSettlement.Settlements.Guarding;
using EventSettlement.Settlements.Saga;
using EventSettlement.Settlements.Selections;

namespace EventSettlement.Settlements;

/// <summary>Settlements: the saga with its tables, what is asked of them and read of them, and the guard.</summary>
public static class SettlementsSlice
{
    internal const string Group = "saga";

    public static readonly Slice Slice = new("settlements")
    {
        Add = server => server.Services.AddSettlements(server.Settings),
        Messages = (messaging, settings) => messaging.SettlementsMessages(settings),
        Groups = _ => [(Roles.Saga, Group)],
        Map = Map,
        Verbs = () => [SettlementVerbs.Command()],
    };

    public static IServiceCollection AddSettlements(this IServiceCollection services, Settings settings)
    {
        var delays = settings
            .Names(ProgrammeSettings.Section)
            .ToDictionary(name => name, name => settings.Get(ProgrammeSettings.RetryDelays, name));
        services.AddSingleton(
            new SettlementOptions(name => delays.GetValueOrDefault(name) ?? ProgrammeSettings.RetryDelays.Default)
        );
        services.AddSingleton<SettlementReads>().AddSingleton<AskSettlement>();
        services.AddSingleton<SelectionRows>().AddSingleton<SelectedSettlements>();
        services.AddSingleton(FailedSettlements.Healing).AddSingleton(PlannedHolds.Healing);
        services.AddSingleton<ISideTable<HistoryRow>, HistoryTable>();
        services.AddSingleton<ISideTable<CommandAnswer>, CommandAnswerTable>();
        services.AddSingleton<ISideTable<RunProgressed>, RunProgressTable>();
        services.AddSingleton<ExplainQuery>();
        services.AddSingleton(GuardBounds.Default);
        services.AddHostedService<SettlementGuard>();
        return services;
    }

    private static void Map(IEndpointRouteBuilder v1)
    {
        SettlementRoutes.Map(v1);
        ExplainRoutes.Map(v1);
        SelectionRoutes.Map(v1);
    }

    public static MessagingBuilder SettlementsMessages(this MessagingBuilder messaging, Settings settings)
    {
        // A saga may send to any of them, whoever reads there.
        foreach (var downstream in ProgrammeSettings.Downstreams(settings))
            messaging.Topic(Topics.Payouts(downstream));
        var json = ContractsJson.Default;
        messaging
            .Topology.Map(Topics.Settlements, json.SettlementRequested)
            .Map(Topics.Settlements, json.PartAnswered)
            .Map(Topics.Settlements, json.PartCorrected)
            .Map(Topics.Settlements, json.PayoutDue)
            .Map(Topics.Settlements, json.RetrySettlement)
            .Map(Topics.Settlements, json.CancelSettlement)
            .Map(Topics.Settlements, json.HoldSettlement)
            .Map(Topics.Settlements, json.ReleaseSettlement)
            .Map(Topics.Settlements, json.CancelItemsAnswered)
            .Map(null, json.PayPart)
            .Map(null, json.CancelItems)
            .Map(Topics.SettlementEvents, json.SettlementEvent);
        return messaging
            .SharedTopic(Topics.SettlementEvents)
            .ConsumeSaga<SettlementStateMachine, Settlement, SettlementMapper>(Group, Topics.Settlements);
    }
}
