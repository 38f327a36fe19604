using System.CommandLine;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Policies;

namespace EventSettlement.Runs;

/// <summary><c>settle run preview|verify</c>.</summary>
internal static class RunProofVerbs
{
    private const string Columns = "subject,period,currency,items,amount,reason";
    private const string ComparedColumns = "subject,period,currency,items,before,amount,change,reason";

    // A million settlements are read in a minute or two.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly Argument<string> Programme = new("PROGRAMME") { Description = "Such as partner-sales." };

    public static Command Preview()
    {
        var date = Verb.Needed("--date", "Business date in Asia/Seoul, such as 2026-11-21.");
        var subject = Verb.Text("--subject", "Of this subject only.");
        var policy = Verb.Text(
            "--policy",
            "A draft: FILE.json, as settle policy put takes it; its differences are shown."
        );
        var output = Listing.NewOutput();
        var verb = new Command("preview", "Who would get what, and who is left out and why; nothing is written.")
        {
            Programme,
            date,
            subject,
            policy,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var draft = parsed.GetValue(policy) is { } file
                    ? JsonNode.Parse(await PolicyVerbs.Read(file, cancel))
                    : null;
                using var api = ApiClient.Open(parsed);
                api.Http.Timeout = Patience;
                var preview = await api.Post(
                    "v1/runs/preview",
                    new
                    {
                        programme = parsed.GetValue(Programme),
                        date = parsed.GetValue(date),
                        subject = parsed.GetValue(subject),
                        policy = draft,
                    },
                    cancel
                );
                var rows = preview.Rows("rows").ToAsyncEnumerable();
                var columns = draft is null ? Columns : ComparedColumns;
                await Listing.Write(rows, columns, parsed.GetValue(output)!, Console.Out, cancel);
                foreach (var total in preview.Rows("totals"))
                    await Console.Error.WriteLineAsync(
                        $"{total.Number("settlements"):N0} settlements with {total.Number("items"):N0} items would get "
                            + $"{total.Number("amount"):N0} {total.Text("currency")}."
                    );
                await Console.Error.WriteLineAsync($"{preview.Number("leftOut"):N0} are left out.");
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    public static Command Verify()
    {
        var period = Verb.Needed("--period", "A settled period: once, 2026-11, 2026-11-20, as the programme has them.");
        var verb = new Command("verify", "Recount a settled period from its facts; ends with 1 if something differs.")
        {
            Programme,
            period,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                api.Http.Timeout = Patience;
                var query = Verb.Query(("programme", parsed.GetValue(Programme)), ("period", parsed.GetValue(period)));
                var proof = await api.Get("v1/runs/verify" + query, cancel);
                foreach (var finding in proof["findings"]!.AsArray())
                    Console.WriteLine($"WRONG {finding}");
                Console.WriteLine(
                    $"{proof.Number("settlements"):N0} settlements, {proof.Number("items"):N0} items were recounted "
                        + $"from their facts: {(proof.Flag("right") ? "all is right" : "see above")}."
                );
                return proof.Flag("right") ? ExitCode.Ok : ExitCode.Failed;
            }
        );
        return verb;
    }
}
