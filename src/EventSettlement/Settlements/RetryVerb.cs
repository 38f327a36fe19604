using System.CommandLine;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Contracts;

namespace EventSettlement.Settlements;

/// <summary><c>settle settlement retry ID…</c>, or of all that a filter selects.</summary>
internal sealed class RetryVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Argument<Guid[]> _ids = new("ID")
    {
        Description = "Settlement ids; or --run, --programme or --subject.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _state = Verb.Text("--state", "Which states are selected; FAILED when not given.");
    private readonly Option<long?> _run = new("--run") { Description = "All of this run." };
    private readonly Option<string?> _programme = Verb.Text("--programme", "All of this programme.");
    private readonly Option<string?> _subject = Verb.Text("--subject", "All of this subject.");
    private readonly Option<bool> _rejected = new("--include-rejected")
    {
        Description = "Ask again for rejected items too.",
    };

    private readonly Option<string> _output = Listing.NewOutput();
    private readonly BulkConsent _consent = new();

    public static Command Command() => new RetryVerb().Build();

    private Command Build()
    {
        var verb = new Command("retry", "Pay the unpaid items again, with three new retries.")
        {
            _ids,
            _state,
            _run,
            _programme,
            _subject,
            _rejected,
            _output,
        };
        _consent.AddTo(verb);
        verb.Validators.Add(r =>
        {
            var filtered =
                r.GetValue(_run) is not null || r.GetValue(_programme) is not null || r.GetValue(_subject) is not null;
            var named = r.GetValue(_ids) is { Length: > 0 };
            if (named == (filtered || r.GetValue(_state) is not null) || (!named && !filtered))
                r.AddError("retry needs either ids, or --run, --programme or --subject");
        });
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                return parsed.GetValue(_ids) is { Length: > 0 } ids
                    ? await Named(api, parsed, [.. ids.Distinct()], cancel)
                    : await Selected(api, parsed, cancel);
            }
        );
        return verb;
    }

    private async Task<int> Named(ApiClient api, ParseResult parsed, List<Guid> ids, CancellationToken cancel)
    {
        var unpaid = 0L;
        foreach (var id in ids)
        {
            var found = await api.Get($"v1/settlements/{id}", cancel);
            unpaid += found.Number("amount") - found.Number("paidAmount");
        }

        _consent.Check(parsed, "retry", ids.Count, unpaid);
        return await SettlementVerbs.Each(
            ids,
            id =>
                api.Command($"v1/settlements/{id}/retry", new { includeRejected = parsed.GetValue(_rejected) }, cancel),
            parsed.GetValue(_output)!
        );
    }

    /// <summary>What was counted is what is retried, or nothing: the server refuses when one has moved on.</summary>
    private async Task<int> Selected(ApiClient api, ParseResult parsed, CancellationToken cancel)
    {
        var selection = await api.Post(
            "v1/selections",
            new
            {
                state = parsed.GetValue(_state) ?? SettlementStates.Failed,
                run = parsed.GetValue(_run),
                programme = parsed.GetValue(_programme),
                subject = parsed.GetValue(_subject),
            },
            cancel
        );
        var count = (int)selection.Number("count");
        _consent.Check(parsed, "retry", count, selection.Number("amount"), written: false);
        if (count == 0)
        {
            Console.WriteLine("retry: nothing is selected");
            return ExitCode.Ok;
        }

        var path = $"v1/selections/{selection["selectionId"]}";
        var acted = await api.Post(path + "/retry", new { includeRejected = parsed.GetValue(_rejected) }, cancel);
        return Print(await WaitForAnswers(api, path, acted, cancel), parsed.GetValue(_output)!);
    }

    /// <summary>Waits as long as answers come in.</summary>
    private static async Task<JsonNode> WaitForAnswers(
        ApiClient api,
        string path,
        JsonNode acted,
        CancellationToken cancel
    )
    {
        var since = TimeProvider.System.GetTimestamp();
        var waiting = long.MaxValue;
        while (acted.Number("waiting") > 0 && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            if (acted.Number("waiting") < waiting)
                since = TimeProvider.System.GetTimestamp();
            waiting = acted.Number("waiting");
            await Task.Delay(200, cancel);
            acted = await api.Get(path, cancel);
        }

        return acted;
    }

    private static int Print(JsonNode selection, string output)
    {
        if (output != "table")
            Listing.One(selection, output, Console.Out);
        else
            Console.WriteLine(
                $"retry: {selection["done"]} DONE, {selection["refused"]} REFUSED, "
                    + $"{selection["waiting"]} without an answer"
            );
        foreach (var refusal in selection.Rows("refusals"))
            Console.Error.WriteLine($"refused_by_state ({refusal["code"]}): {refusal["count"]} settlements");
        return selection.Number("refused") > 0 ? ExitCode.RefusedByState
            : selection.Number("waiting") > 0 ? ExitCode.Unavailable
            : ExitCode.Ok;
    }
}
