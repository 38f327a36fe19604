using System.CommandLine;
using System.Globalization;
using EventSettlement.Cli;
using EventSettlement.Facts;

namespace EventSettlement.Runs;

/// <summary><c>settle run …</c>.</summary>
internal static class RunVerbs
{
    private const string Columns =
        "run_id,programme,date,kind,state,pay_at,actor,planned,created_at,planned_at,finished_at,retrying,"
        + "next_retry_at,held,stop_reason,waits_for";

    private static readonly Argument<long> Id = new("ID") { Description = "Run id." };

    public static Command Command() =>
        new("run", "One execution of a programme for one business date.")
        {
            Start(),
            RunProofVerbs.Preview(),
            RunProofVerbs.Verify(),
            Verb.List("list", "Runs, the newest first.", Columns, _ => "v1/runs"),
            Verb.Show("show", "One run with its totals by state.", Id, p => $"v1/runs/{p.GetValue(Id)}"),
            Watch(),
            Change("stop", "End planning; what was requested goes on."),
            Change("resume", "Go on with a stopped run."),
        };

    private static Command Start()
    {
        var programme = new Argument<string>("PROGRAMME") { Description = "Its name." };
        var date = Verb.Needed("--date", "Business date in Asia/Seoul, such as 2026-11-21.");
        var payAt = Verb.Text("--pay-at", "Not before this time, such as 2026-11-21T10:00:00+09:00.");
        var subject = Verb.Text("--subject", "Of this subject only.");
        var watch = new Option<bool>("--watch") { Description = "Stay until it is finished." };
        var yes = new Option<bool>("--yes") { Description = "A date later than today in Seoul is meant." };
        var output = Listing.NewOutput();
        date.Validators.Add(r =>
        {
            if (
                !DateOnly.TryParseExact(
                    r.GetValueOrDefault<string>(),
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _
                )
            )
                r.AddError("--date is a date such as 2026-11-21");
        });
        payAt.Validators.Add(r =>
        {
            if (!FactTimes.TryRead(r.GetValueOrDefault<string?>() ?? "", out _))
                r.AddError("--pay-at is a time with an offset such as 2026-11-21T10:00:00+09:00");
        });
        var verb = new Command("start", "Plan and pay what is due for a date.")
        {
            programme,
            date,
            payAt,
            subject,
            yes,
            watch,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var run = await api.Post(
                    "v1/runs",
                    new
                    {
                        programme = parsed.GetValue(programme),
                        date = parsed.GetValue(date),
                        payAt = parsed.GetValue(payAt),
                        subject = parsed.GetValue(subject),
                        future = parsed.GetValue(yes),
                    },
                    cancel
                );
                if (!parsed.GetValue(watch))
                    Listing.One(run, parsed.GetValue(output)!, Console.Out);
                return parsed.GetValue(watch)
                    ? await new RunWatching(api).Watch(run.Number("runId"), parsed.GetValue(output)!, cancel)
                    : ExitCode.Ok;
            }
        );
        return verb;
    }

    private static Command Watch()
    {
        var output = Listing.NewOutput();
        var verb = new Command("watch", "Show a run going on, until it is finished; ends with 1 if it was stopped.")
        {
            Id,
            output,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                return await new RunWatching(api).Watch(parsed.GetValue(Id), parsed.GetValue(output)!, cancel);
            }
        );
        return verb;
    }

    private static Command Change(string name, string description)
    {
        var output = Listing.NewOutput();
        var verb = new Command(name, description) { Id, output };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var run = await api.Post($"v1/runs/{parsed.GetValue(Id)}/{name}", null, cancel);
                Listing.One(run, parsed.GetValue(output)!, Console.Out);
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
