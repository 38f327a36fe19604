using EventSettlement.Alerts;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Sagas;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using EventSettlement.Settlements.Guarding;
using EventSettlement.Settlements.Storage;

namespace EventSettlement.Settlements;

/// <summary>Wires the settlements: the saga with its tables, commands, queries and the guard.</summary>
public static class SettlementsSlice
{
    internal const string Group = "saga";
    internal const string Downstream = MemberService.Name;

    public static IServiceCollection AddSettlements(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<ISideTable<Alert>, AlertTable>();
        services.AddSingleton(new SettlementOptions(settings.StudyRefund.RetryDelays));
        services.AddSingleton<ISideTable<HistoryRow>, HistoryTable>();
        services.AddSingleton<ISideTable<CommandAnswer>, CommandAnswerTable>();
        services.AddSingleton<ISideTable<RunProgressed>, RunProgressTable>();
        services.AddSingleton(GuardBounds.Default);
        services.AddHostedService<SettlementGuard>();
        return services;
    }

    public static MessagingBuilder SettlementsMessages(this MessagingBuilder messaging, Settings settings)
    {
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
