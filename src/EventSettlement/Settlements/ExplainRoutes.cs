using EventSettlement.Access;
using EventSettlement.Settlements.Explain;

namespace EventSettlement.Settlements;

/// <summary>Why a settlement's amounts are what they are.</summary>
internal static class ExplainRoutes
{
    public static void Map(IEndpointRouteBuilder v1) =>
        v1.MapGet(
                "/settlements/{id:guid}/explain",
                async (Guid id, ExplainQuery query, CancellationToken cancel) =>
                    await query.Explain(id, cancel) ?? throw SettlementReads.NotFound(id)
            )
            .Needs(Role.Viewer)
            .WithName("ExplainSettlement")
            .WithSummary("Why these amounts, from the fact to the payment")
            .WithTags("settlements");
}
