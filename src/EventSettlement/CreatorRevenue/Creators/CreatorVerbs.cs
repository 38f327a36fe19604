using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.CreatorRevenue.Creators;

/// <summary><c>settle creators …</c>.</summary>
internal static class CreatorVerbs
{
    private const string Columns =
        "creator_id,month,views,ad_views,earned,withholding,carried_in,corrections,payable,carried_out,settlement_id,"
        + "state";

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
        };
    }
}
