using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Views.Signals;
using EventSettlement.Views.Statistics;

namespace EventSettlement.Views;

/// <summary><c>settle views …</c>.</summary>
internal static class ViewVerbs
{
    private const string Path = "v1/view-statistics";

    public static Command Command() =>
        new("views", "View logs: each view counted once, statistics, their proof.")
        {
            Stats(),
            SignalVerbs.Anomalies(),
            SignalVerbs.Forecast(),
            Verb.Show("status", "What became of the view logs, and how many wait.", _ => Path + "/status"),
            Verify(),
            Rebuild(),
            LoadVerb.Command(),
            GenerateVerb.Command(),
        };

    private static Command Stats()
    {
        var by = Verb.Needed("--by", "content, ad or creator.");
        by.AcceptOnlyFromAmong(StatisticsFilter.Bys);
        var period = Verb.Needed("--period", "day, week (ISO), month or year, in Seoul.");
        period.AcceptOnlyFromAmong(StatisticsFilter.Periods);
        var from = Verb.Text("--from", "Periods that begin on this day or later.");
        var to = Verb.Text("--to", "Periods that begin on this day or earlier.");
        var id = Verb.Text("--id", "Of this content, ad or creator only.");
        var top = Verb.Text("--top", "Only so many, those with the most views.");
        var (limit, after) = (Verb.Limit(), Verb.After());
        var output = Listing.NewOutput();
        var verb = new Command("stats", "Views by content, ad or creator and period.")
        {
            by,
            period,
            from,
            to,
            id,
            top,
            limit,
            after,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var query = Verb.Query(
                    ("by", parsed.GetValue(by)),
                    ("period", parsed.GetValue(period)),
                    ("from", parsed.GetValue(from)),
                    ("to", parsed.GetValue(to)),
                    ("id", parsed.GetValue(id)),
                    ("top", parsed.GetValue(top))
                );
                var (most, place) = (parsed.GetValue(limit), parsed.GetValue(after));
                if (parsed.GetValue(output) == "csv" && most is null && place is null)
                {
                    await Export(api, query, cancel);
                    return ExitCode.Ok;
                }

                var rows = api.List(Path + query, most, place, cancel);
                await Listing.Write(rows, StatisticsRoutes.Columns, parsed.GetValue(output)!, Console.Out, cancel);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static async Task Export(ApiClient api, string query, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path + "/export" + query);
        using var answer = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!answer.IsSuccessStatusCode)
            throw new CliException(
                ExitCode.ForStatus((int)answer.StatusCode),
                ApiClient.Explain((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel))
            );
        using var text = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
        var buffer = new char[1 << 14];
        while (await text.ReadAsync(buffer, cancel) is > 0 and var read)
            await Console.Out.WriteAsync(buffer.AsMemory(0, read), cancel);
    }

    private static Command Verify()
    {
        var (from, to) = Days();
        var id = Verb.Text("--id", "Of this content only.");
        var output = Listing.NewOutput();
        var verb = new Command("verify", "Recount from the raw logs; ends with 1 when anything differs.")
        {
            from,
            to,
            id,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                api.Http.Timeout = Timeout.InfiniteTimeSpan;
                var query = Verb.Query(
                    ("from", parsed.GetValue(from)),
                    ("to", parsed.GetValue(to)),
                    ("id", parsed.GetValue(id))
                );
                return Tell(await api.Get(Path + "/verify" + query, cancel), parsed.GetValue(output)!);
            }
        );
        return verb;
    }

    private static Command Rebuild()
    {
        var (from, to) = Days();
        var output = Listing.NewOutput();
        var verb = new Command("rebuild", "Count days anew from the raw logs, while views keep coming.")
        {
            from,
            to,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                api.Http.Timeout = Timeout.InfiniteTimeSpan;
                var days = new { from = parsed.GetValue(from), to = parsed.GetValue(to) };
                Tell(await api.Post(Path + "/rebuild", days, cancel), parsed.GetValue(output)!);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static (Option<string> From, Option<string> To) Days() =>
        (Verb.Needed("--from", "First day, Seoul."), Verb.Needed("--to", "Last day, Seoul."));

    private static int Tell(JsonNode proof, string output)
    {
        if (output == "table")
        {
            foreach (var difference in proof.Texts("differences"))
                Console.WriteLine($"WRONG  {Listing.Shown(difference)}");
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{proof["compared"]} sums compared with {proof["views"]} views in the raw logs, "
                        + $"{proof["corrected"]} corrected."
                )
            );
        }
        else
        {
            Listing.One(proof, output, Console.Out);
        }

        return proof.Flag("right") ? ExitCode.Ok : ExitCode.Failed;
    }
}
