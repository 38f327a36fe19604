using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EventSettlement.Cli.Verbs;

/// <summary><c>settle parked …</c>.</summary>
internal static class ParkedVerbs
{
    public const string Columns = "parked_id,topic,partition,offset,code,pointer,message,first_seen,status";

    private static readonly Argument<long> Id = new("ID") { Description = "Parked id." };

    public static Command Command()
    {
        var status = Verb.Text("--status", "PARKED, REPLAYED or DISCARDED.");
        return new Command("parked", "Messages that could not be handled, byte for byte.")
        {
            Verb.List(
                "list",
                "Parked messages, the oldest first.",
                Columns,
                p => "v1/parked" + Verb.Query(("status", p.GetValue(status)?.ToUpperInvariant())),
                status
            ),
            Verb.Show("show", "One message with its body.", Id, p => $"v1/parked/{p.GetValue(Id)}"),
            Replay(),
            Discard(),
        };
    }

    private static Command Replay()
    {
        var ids = new Argument<long[]>("ID") { Description = "Parked ids.", Arity = ArgumentArity.OneOrMore };
        var consent = new BulkConsent();
        var verb = new Command("replay", "Send the exact bytes again to the topic they came from.") { ids };
        consent.AddTo(verb);
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Of(parsed);
                var wanted = parsed.GetValue(ids)!.Distinct().ToList();
                consent.Check(parsed, "replay", wanted.Count, null);
                var exit = ExitCode.Ok;
                foreach (var id in wanted)
                    try
                    {
                        await api.Post($"v1/parked/{id}/replay", null, cancel);
                        Console.WriteLine($"replay {id}: DONE");
                    }
                    catch (CliException refused)
                    {
                        await Console.Error.WriteLineAsync(refused.Message);
                        exit = exit == ExitCode.Ok ? refused.ExitCode : exit;
                    }

                return exit;
            }
        );
        return verb;
    }

    private static Command Discard()
    {
        var reason = Verb.Needed("--reason", "Why, for the record.");
        var verb = new Command("discard", "Keep the row and handle the message no more.") { Id, reason };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Of(parsed);
                await api.Post(
                    $"v1/parked/{parsed.GetValue(Id)}/discard",
                    new { reason = parsed.GetValue(reason) },
                    cancel
                );
                Console.WriteLine($"discard {parsed.GetValue(Id)}: DONE");
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}

/// <summary><c>settle alert list</c>.</summary>
internal static class AlertVerbs
{
    public static Command Command()
    {
        var state = Verb.Text("--state", "OPEN or CLOSED.");
        return new Command("alert", "What needs a person.")
        {
            Verb.List(
                "list",
                "Alerts, one a cause.",
                "cause,code,state,count,amount,currency,first_at,last_at,message,next",
                p => "v1/alerts" + Verb.Query(("state", p.GetValue(state)?.ToUpperInvariant())),
                state
            ),
        };
    }
}

/// <summary><c>settle downstream …</c>.</summary>
internal static class DownstreamVerbs
{
    public static Command Command()
    {
        var name = new Argument<string>("NAME") { Description = "Such as member." };
        var resume = new Command("resume", "Pay through a stopped downstream again.") { name };
        resume.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Of(parsed);
                await api.Post($"v1/downstreams/{Uri.EscapeDataString(parsed.GetValue(name)!)}/resume", null, cancel);
                Console.WriteLine($"resume {parsed.GetValue(name)}: DONE");
                return ExitCode.Ok;
            }
        );
        return new Command("downstream", "The services that pay.")
        {
            Verb.List(
                "list",
                "Downstreams and why one is stopped.",
                "name,state,code,reason,since,actor",
                _ => "v1/downstreams"
            ),
            resume,
        };
    }
}

/// <summary><c>settle ledger …</c>.</summary>
internal static class LedgerVerbs
{
    public static Command Command()
    {
        var settlement = Verb.Text("--settlement", "Only entries of this settlement.");
        var account = Verb.Text("--account", "Only entries of this account.");
        var output = Listing.NewOutput();
        var verify = new Command(
            "verify",
            "Prove the books against requests and items; ends with 1 when something is wrong."
        )
        {
            output,
        };
        verify.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Of(parsed);
                var proof = await api.Get("v1/ledger/verify", cancel);
                if (parsed.GetValue(output) == "table")
                    Print(proof);
                else
                    Listing.One(proof, parsed.GetValue(output)!, Console.Out);
                return proof.Flag("right") ? ExitCode.Ok : ExitCode.Failed;
            }
        );
        return new Command("ledger", "The books: append-only, every transaction sums to zero.")
        {
            Verb.List("balance", "Sums by account.", "account,currency,balance", _ => "v1/ledger/balance"),
            Verb.List(
                "entries",
                "Lines in the order they were numbered.",
                "transaction_id,line,account,currency,amount,kind,reference,settlement_id,at",
                p =>
                    "v1/ledger/entries"
                    + Verb.Query(("settlement", p.GetValue(settlement)), ("account", p.GetValue(account))),
                settlement,
                account
            ),
            verify,
        };
    }

    private static void Print(JsonNode proof)
    {
        foreach (var passed in proof.Texts("passed"))
            Console.WriteLine($"ok     {passed}");
        foreach (var finding in proof.Texts("findings"))
            Console.WriteLine($"WRONG  {Listing.Shown(finding)}");
        Console.WriteLine(proof.Flag("right") ? "The books are right." : "The books are wrong.");
    }
}

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
        var resolve = new Command("resolve", "End what no machine can. For administrators.") { id, paid, writeOff };
        resolve.Validators.Add(r =>
        {
            if (r.GetValue(paid) is null == r.GetValue(writeOff) is null)
                r.AddError("either --paid TX or --write-off REASON");
        });
        resolve.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Of(parsed);
                await api.Post(
                    $"v1/items/{Uri.EscapeDataString(parsed.GetValue(id)!)}/resolve",
                    new { paid = parsed.GetValue(paid), writeOff = parsed.GetValue(writeOff) },
                    cancel
                );
                Console.WriteLine($"resolve {parsed.GetValue(id)}: DONE");
                return ExitCode.Ok;
            }
        );
        return new Command("item", "One payment to one member.") { resolve };
    }

    [GeneratedRegex(@"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}-[0-9]{1,9}(:1)?$")]
    private static partial Regex ItemKey();
}
