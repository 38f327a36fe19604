using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Views.Signals;

/// <summary><c>settle views anomalies</c> and <c>settle views forecast</c>.</summary>
internal static class SignalVerbs
{
    private const string AnomalyColumns = "what,id,source_id,start,observed,expected,low,high,since,sentence";

    private const string ForecastColumns =
        "by,id,month,so_far,expected,low,high,error_percent,naive_error_percent,measured_on,sentence";

    public static Command Anomalies()
    {
        var by = Verb.Text("--by", "content (with its bursts), ad or whole; all of them when not given.");
        by.AcceptOnlyFromAmong(AnomalyFilter.Bys);
        var from = Verb.Text("--from", "First day, Seoul; a week before --to when not given.");
        var to = Verb.Text("--to", "Last day, Seoul; today when not given, with the running hour of the whole.");
        var id = Verb.Text("--id", "Of this content or ad only.");
        return Verb.List(
            "anomalies",
            "Days that were not to be expected, and bursts of one member or ad.",
            AnomalyColumns,
            parsed =>
                "v1/view-anomalies"
                + Verb.Query(
                    ("by", parsed.GetValue(by)),
                    ("from", parsed.GetValue(from)),
                    ("to", parsed.GetValue(to)),
                    ("id", parsed.GetValue(id))
                ),
            TimeSpan.FromMinutes(5),
            by,
            from,
            to,
            id
        );
    }

    public static Command Forecast()
    {
        var by = Verb.Text("--by", "creator or whole (when not given).");
        by.AcceptOnlyFromAmong(ForecastFilter.Bys);
        var id = Verb.Text("--id", "Of this creator only.");
        return Verb.List(
            "forecast",
            "Views to the month's end, with a band and the error of such forecasts in the past.",
            ForecastColumns,
            parsed =>
                "v1/view-forecasts"
                + Verb.Query(
                    ("by", parsed.GetValue(by) ?? (parsed.GetValue(id) is null ? null : "creator")),
                    ("id", parsed.GetValue(id))
                ),
            by,
            id
        );
    }
}
