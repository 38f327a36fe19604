using System.CommandLine;
using EventSettlement.Cli;
using EventSettlement.Views.Signals;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary><c>settle creators …</c>.</summary>
internal static class CreatorVerbs
{
    private const string Columns =
        "creator_id,month,views,ad_views,earned,withholding,carried_in,corrections,payable,carried_out,settlement_id,"
        + "state";

    private const string ForecastColumns =
        "by,creator_id,month,so_far,expected,low,high,error_percent,naive_error_percent,measured_on,sentence";

    public static Command Command()
    {
        var month = Verb.Text("--month", "Of this month only, such as 2026-11.");
        var creator = Verb.Text("--creator", "Of this creator only.");
        return new Command("creators", "Creators and what they were settled for.")
        {
            Verb.List(
                "list",
                "What creators were settled for, a row a month.",
                Columns,
                parsed =>
                    "v1/creators"
                    + Verb.Query(("month", parsed.GetValue(month)), ("creator", parsed.GetValue(creator))),
                month,
                creator
            ),
            Forecast(),
        };
    }

    private static Command Forecast()
    {
        var by = Verb.Text("--by", "creator (when not given) or whole.");
        by.AcceptOnlyFromAmong(ForecastFilter.Bys);
        var id = Verb.Text("--id", "Of this creator only.");
        return Verb.List(
            "forecast",
            "What creators will have earned at the month's end, in won, with a band and the error of such forecasts.",
            ForecastColumns,
            parsed =>
                "v1/creator-forecasts" + Verb.Query(("by", parsed.GetValue(by)), ("creator", parsed.GetValue(id))),
            by,
            id
        );
    }
}
