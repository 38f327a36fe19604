using System.CommandLine;
using System.Text.RegularExpressions;
using EventSettlement.Cli;

namespace EventSettlement.Payouts;

/// <summary><c>settle item resolve</c>.</summary>
internal static partial class ItemVerbs
{
    public static Command Command()
    {
        var id = new Argument<string>("ID") { Description = "Item key as items shows it: SETTLEMENT-NO:1." };
        id.Validators.Add(r =>
        {
            if (!ItemKey().IsMatch(r.GetValueOrDefault<string>() ?? ""))
                r.AddError("an item is named by its key, such as 3f2b…-12:1");
        });
        var paid = Verb.Text("--paid", "It was paid: the downstream's transaction id.");
        var writeOff = Verb.Text("--write-off", "It will not be paid: the reason.");
        var reason = Verb.Text("--reason", "How it is known to be paid.");
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var resolve = new Command("resolve", "End what no machine can. For administrators.")
        {
            id,
            paid,
            writeOff,
            reason,
            yes,
        };
        resolve.Validators.Add(r =>
        {
            if (r.GetValue(paid) is null == r.GetValue(writeOff) is null)
                r.AddError("either --paid TX --reason REASON, or --write-off REASON");
            else if (r.GetValue(paid) is null != r.GetValue(reason) is null)
                r.AddError("--reason stands with --paid and says how that is known");
        });
        resolve.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                if (!parsed.GetValue(yes))
                    Ask(parsed.GetValue(id)!, parsed.GetValue(paid));
                await api.Post(
                    $"v1/items/{Uri.EscapeDataString(parsed.GetValue(id)!)}/resolve",
                    new
                    {
                        paid = parsed.GetValue(paid),
                        writeOff = parsed.GetValue(writeOff),
                        reason = parsed.GetValue(reason),
                    },
                    cancel
                );
                Console.WriteLine($"resolve {parsed.GetValue(id)}: DONE");
                return ExitCode.Ok;
            }
        );
        return new Command("item", "One payment to one member.") { resolve };
    }

    /// <summary>It cannot be taken back. Who does not see the question is not asked.</summary>
    private static void Ask(string item, string? paid)
    {
        if (BulkConsent.IsSomebodyThere)
            BulkConsent.Ask(paid is null ? $"Never pay {item}?" : $"Take {item} for paid by hand, as {paid}?");
    }

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}-[0-9]{1,9}(:1)?$")]
    private static partial Regex ItemKey();
}
