using System.CommandLine;
using System.Text.Json.Nodes;
using EventSettlement.Cli;

namespace EventSettlement.Ledger;

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
                using var api = ApiClient.Open(parsed);
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
