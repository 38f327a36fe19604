namespace EventSettlement.Api;

/// <summary>What each operation does, in a line, for the OpenAPI document and its explorer.</summary>
internal static class Summaries
{
    private static readonly Dictionary<string, string> ByName = new()
    {
        ["Live"] = "The process is alive",
        ["Ready"] = "The process can work: its database answers within a second",
        ["HealthDetails"] = "What waits, and for how long",
        ["Metrics"] = "Metrics as Prometheus text",
        ["PostEvents"] = "Take facts: one JSON object, or up to 1,000 lines of them; all or none",
        ["ListSettlements"] = "Settlements in the order of their creation",
        ["ShowSettlement"] = "One settlement",
        ["ListSettlementItems"] = "Items of one settlement",
        ["ShowSettlementHistory"] = "Every change of one settlement, with cause and actor",
        ["ExplainSettlement"] = "Why these amounts, from the fact to the payment",
        ["RetrySettlement"] = "Pay the unpaid items again, with three new retries",
        ["CancelSettlement"] = "Pay nothing and reverse what was posted",
        ["HoldSettlement"] = "Start no further attempt until it is released",
        ["ReleaseSettlement"] = "End a hold",
        ["Select"] = "Freeze a selection of settlements, with their number and what is unpaid",
        ["ShowSelection"] = "A selection, and what became of acting on it",
        ["RetrySelection"] = "Retry all of a selection, or none when one of them has moved on",
        ["ShowCommand"] = "What became of a retry, cancel, hold or release",
        ["ListItems"] = "Items of a run, a settlement or a member",
        ["ResolveItem"] = "End by hand what no machine can: it was paid, or is written off",
        ["StartRun"] = "Plan and pay what is due for a business date",
        ["ListRuns"] = "Runs, the newest first",
        ["ShowRun"] = "One run with its totals, and what it waits for",
        ["StopRun"] = "End planning; what was requested goes on",
        ["ResumeRun"] = "Go on with a stopped run",
        ["ListAlerts"] = "What needs a person, one row a cause",
        ["ListDownstreams"] = "The services that pay, and why one is stopped",
        ["ResumeDownstream"] = "Pay through a stopped downstream again",
        ["ShowLedgerBalance"] = "Sums by account",
        ["ListLedgerEntries"] = "Postings in the order they were numbered",
        ["VerifyLedger"] = "Prove the books against requests and items",
        ["ListParked"] = "Messages that could not be handled, the oldest first",
        ["ShowParked"] = "One parked message, byte for byte",
        ["ReplayParked"] = "Send the exact bytes again to the topic they came from",
        ["DiscardParked"] = "Keep the row and handle the message no more",
        ["ListPartitions"] = "How far each group has read the event log",
        ["AcceptPartition"] = "Read a stopped partition on with the log as it is",
    };

    public static string? Of(string? operation) => operation is null ? null : ByName.GetValueOrDefault(operation);
}
