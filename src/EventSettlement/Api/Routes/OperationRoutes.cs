using EventSettlement.Access;

namespace EventSettlement.Api;

/// <summary>Alerts, parked messages, downstreams and the ledger.</summary>
internal static class OperationRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet("/alerts", (string? state, int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
            reads.Alerts(state, limit, after, cancel)).Needs(Role.Viewer).WithName("ListAlerts").WithTags("operations");
        v1.MapGet("/parked", (string? status, int? limit, string? after, OperationReads reads, CancellationToken cancel) =>
            reads.Parked(status, limit, after, cancel)).Needs(Role.Viewer).WithName("ListParked").WithTags("parked");
        v1.MapGet("/downstreams", (OperationReads reads, CancellationToken cancel) => reads.Downstreams(cancel))
            .Needs(Role.Viewer).WithName("ListDownstreams").WithTags("operations");
        v1.MapGet("/ledger/balance", (OperationReads reads, CancellationToken cancel) => reads.Balances(cancel))
            .Needs(Role.Viewer).WithName("ShowLedgerBalance").WithTags("ledger");
        v1.MapGet("/ledger/entries", (Guid? settlement, string? account, int? limit, string? after, OperationReads reads,
                CancellationToken cancel) => reads.Entries(settlement, account, limit, after, cancel))
            .Needs(Role.Viewer).WithName("ListLedgerEntries").WithTags("ledger");
    }
}
