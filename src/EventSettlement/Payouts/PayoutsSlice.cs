using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Messaging.Outgoing;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;

namespace EventSettlement.Payouts;

/// <summary>Pays items at the member service and finds out about those in doubt.</summary>
public static class PayoutsSlice
{
    /// <summary>What any role may ask or command.</summary>
    public static IServiceCollection AddPayouts(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(PayoutLimits.From(settings));
        services.AddSingleton<Downstreams>();
        services.AddSingleton<ItemQueries>();
        services.AddSingleton(s => new ItemResolution(
            s.GetRequiredService<Database>(),
            s.GetRequiredService<Topology>(),
            s.GetRequiredService<IOutgoingWriter>(),
            s.GetRequiredService<PayoutLimits>()
        ));
        return services;
    }

    /// <summary>
    /// The role <c>payout</c>: worker and resolver. Refuses limits, and machines, under which a late call could pay
    /// twice.
    /// </summary>
    public static IServiceCollection AddPayoutRole(this IServiceCollection services, Settings settings)
    {
        if ((PayoutLimits.From(settings).Fault() ?? BootClock.Fault) is { } fault)
            throw new InvalidOperationException(fault);
        var member = settings.MemberService;
        services.AddSingleton(_ => new MemberService(
            new MemberServiceClient(member.BaseUrl, member.ApiKey, member.Timeout),
            member.MaxItems,
            member.MaxInFlight
        ));
        services.AddSingleton<PayoutWorker>();
        services.AddHostedService<ClockWatch>();
        services.AddHostedService<DoubtResolver>();
        return services;
    }

    /// <summary>
    /// Its messages, in and out, are mapped where the settlement is: the saga is the other end of each.
    /// </summary>
    public static MessagingBuilder PayoutsMessages(this MessagingBuilder messaging, Settings settings) =>
        messaging.Consume<PayoutWorker>(PayoutWorker.Group, Topics.Payouts(MemberService.Name));
}
