using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.EventLog;

/// <summary><c>settle log …</c>.</summary>
internal static class LogVerbs
{
    public static Command Command()
    {
        var stopped = new Option<bool>("--stopped") { Description = "Only partitions that are not read on." };
        return new Command("log", "How far the event log was read, and the way on for a partition that was stopped.")
        {
            Verb.List(
                "list",
                "Partitions by group and topic.",
                "group,topic,partition,next_offset,stopped",
                p => "v1/log" + (p.GetValue(stopped) ? "?stopped=true" : ""),
                stopped
            ),
            Accept(),
        };
    }

    private static Command Accept()
    {
        var group = new Argument<string>("GROUP") { Description = "Such as saga." };
        var topic = new Argument<string>("TOPIC") { Description = "Such as settlements." };
        var partition = new Argument<int>("PARTITION") { Description = "Its number, from 0." };
        var from = new Option<long?>("--from")
        {
            Description = "Offset to read on from; when not given the one that passes over nothing.",
        };
        var passOver = new Option<long?>("--pass-over")
        {
            Description = "How many records before --from are never to be read; needed where there are some.",
        };
        var verb = new Command(
            "accept",
            "Read a stopped partition on with the log as it is: a log made anew from its beginning, else from where "
                + "the group stood or the nearest offset that exists. For administrators."
        )
        {
            group,
            topic,
            partition,
            from,
            passOver,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var answer = await api.Post(
                    $"v1/log/{Uri.EscapeDataString(parsed.GetValue(group)!)}/"
                        + $"{Uri.EscapeDataString(parsed.GetValue(topic)!)}/{parsed.GetValue(partition)}/accept",
                    new { from = parsed.GetValue(from), passOver = parsed.GetValue(passOver) },
                    cancel
                );
                Console.WriteLine(
                    $"accept {parsed.GetValue(topic)}/{parsed.GetValue(partition)}: DONE, "
                        + $"read on from offset {answer["nextOffset"]}, {answer["passedOver"]} records passed over"
                );
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
