using System.CommandLine;
using System.Text.Json.Nodes;
using EventSettlement.Cli;

namespace EventSettlement.Settlements;

/// <summary><c>settle settlement …</c>.</summary>
internal static class SettlementVerbs
{
    public const string Columns =
        "settlement_id,programme,subject,period,run_id,state,currency,amount,paid_amount,"
        + "items,paid,failed,rejected,in_doubt,attempt,held,payable_at,next_retry_at,updated_at";

    public const string ItemColumns =
        "settlement_id,no,key,programme,subject,member_id,amount,currency,state,attempt,"
        + "transaction_id,error_code,paid_at";

    public const string HistoryColumns = "seq,at,from_state,to_state,cause,attempt,actor,reason";

    public const string ExplainColumns = "settlement_id,no,key,member_id,amount,state,text";

    private static readonly Argument<Guid> Id = new("ID") { Description = "Settlement id." };

    public static Command Command() =>
        new("settlement", "What is owed for one subject, and how far it is.")
        {
            List(),
            Verb.Show("show", "One settlement.", Id, p => Path(p, "")),
            Items(),
            History(),
            Explain(),
            RetryVerb.Command(),
            Change("cancel", "Pay nothing and reverse what was posted.", reasonNeeded: true),
            Change("hold", "Start no further attempt.", reasonNeeded: false),
            Change("release", "End a hold.", reasonNeeded: null),
        };

    private static Command List()
    {
        var state = Verb.Text("--state", "One or more states, separated by commas.");
        var programme = Verb.Text("--programme", "Name of a programme.");
        var run = Verb.Text("--run", "Run id.");
        var subject = Verb.Text("--subject", "Subject id.");
        return Verb.List(
            "list",
            "Settlements in the order of their creation.",
            Columns,
            p =>
                "v1/settlements"
                + Verb.Query(
                    ("state", p.GetValue(state)),
                    ("programme", p.GetValue(programme)),
                    ("run", p.GetValue(run)),
                    ("subject", p.GetValue(subject))
                ),
            state,
            programme,
            run,
            subject
        );
    }

    private static Command Items()
    {
        var id = new Argument<Guid?>("ID")
        {
            Description = "Settlement id; or --run, or --member, or several of them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var run = Verb.Text("--run", "Items of a run.");
        var member = Verb.Text("--member", "Items of a member.");
        var state = Verb.Text("--state", "One or more states, separated by commas.");
        var verb = Verb.List(
            "items",
            "Items of a settlement, a run or a member.",
            ItemColumns,
            p =>
                (p.GetValue(id) is { } one ? $"v1/settlements/{one}/items" : "v1/items")
                + Verb.Query(("run", p.GetValue(run)), ("member", p.GetValue(member)), ("state", p.GetValue(state))),
            run,
            member,
            state
        );
        verb.Add(id);
        verb.Validators.Add(r =>
        {
            if (r.GetValue(id) is null && r.GetValue(run) is null && r.GetValue(member) is null)
                r.AddError("items needs a settlement id, --run or --member");
        });
        return verb;
    }

    private static Command History()
    {
        var verb = Verb.List("history", "Every change with cause and actor.", HistoryColumns, p => Path(p, "/history"));
        verb.Add(Id);
        return verb;
    }

    private static Command Explain()
    {
        var output = Listing.NewOutput();
        var verb = new Command("explain", "Why these amounts.") { Id, output };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var told = await api.Get(Path(parsed, "/explain"), cancel);
                if (parsed.GetValue(output) == "csv")
                    await Listing.Write(Lines(told).ToAsyncEnumerable(), ExplainColumns, "csv", Console.Out, cancel);
                else if (parsed.GetValue(output) == "json")
                    Listing.One(told, "json", Console.Out);
                else
                    PrintExplanation(told);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static IEnumerable<JsonObject> Lines(JsonNode told)
    {
        foreach (var line in told.Rows("items"))
        {
            var row = line.DeepClone().AsObject();
            row["settlementId"] = told.Text("settlementId");
            yield return row;
        }
    }

    private static Command Change(string name, string description, bool? reasonNeeded)
    {
        var output = Listing.NewOutput();
        var reason = new Option<string?>("--reason")
        {
            Description = "Why, for the history.",
            Required = reasonNeeded is true,
        };
        var verb = new Command(name, description) { Id, output };
        if (reasonNeeded is not null)
            verb.Add(reason);
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                object? body = reasonNeeded is null ? null : new { reason = parsed.GetValue(reason) };
                return await Each(
                    [parsed.GetValue(Id)],
                    _ => api.Command(Path(parsed, "/" + name), body, cancel),
                    parsed.GetValue(output)!
                );
            }
        );
        return verb;
    }

    /// <summary>All are tried; the first thing that went wrong is the exit code.</summary>
    public static async Task<int> Each(IEnumerable<Guid> ids, Func<Guid, Task<JsonNode>> ask, string output)
    {
        var exit = ExitCode.Ok;
        foreach (var id in ids)
            try
            {
                var answer = await ask(id);
                if (output == "json")
                    Listing.One(answer, output, Console.Out);
                else
                    Console.WriteLine($"{answer["verb"]} {id}: {answer["outcome"]}");
            }
            catch (CliException refused)
            {
                await Console.Error.WriteLineAsync(refused.Message);
                exit = exit == ExitCode.Ok ? refused.ExitCode : exit;
            }

        return exit;
    }

    private static string Path(ParseResult parsed, string rest) => $"v1/settlements/{parsed.GetValue(Id)}{rest}";

    private static void PrintExplanation(JsonNode explanation)
    {
        var items = explanation.Rows("items").ToList();
        Console.WriteLine(Visible.Lines(explanation.Text("text") ?? ""));
        foreach (var line in items)
            Console.WriteLine(Visible.Line($"{line["no"], 5}  {line["memberId"]}  {line["state"]}  {line["text"]}"));
    }
}
