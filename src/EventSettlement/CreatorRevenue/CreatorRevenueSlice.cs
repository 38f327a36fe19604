using EventSettlement.CreatorRevenue.Creators;
using EventSettlement.CreatorRevenue.Forecasts;
using EventSettlement.CreatorRevenue.Months;
using EventSettlement.Pages;
using EventSettlement.Policies;
using EventSettlement.Programmes;

namespace EventSettlement.CreatorRevenue;

/// <summary>Creators' revenue: counted views in, a month's payout out.</summary>
public static class CreatorRevenueSlice
{
    public static readonly ProgrammeSlice Slice = new(RevenueProgramme.Terms)
    {
        Add = server =>
            server
                .Services.AddSingleton<IProgramme, RevenueProgramme>()
                .AddSingleton<IPolicyRules, RevenuePolicyRules>()
                .AddSingleton<RevenueComparison>()
                .AddSingleton<RunPositions>()
                .AddSingleton<RevenueForecasts>()
                .AddSingleton<CreatorReads>()
                .AddSingleton<CreatorBoards>()
                .AddSingleton(new PageLink("Creators", CreatorPages.Path)),
        Map = CreatorRoutes.Map,
        MapPages = CreatorPages.Map,
        Verbs = () => [CreatorVerbs.Command()],
    };
}
