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
        var verb = new Command(
            "accept",
            "Read a stopped partition on with the log as it is; what is missing is never read. For administrators."
        )
        {
            group,
            topic,
            partition,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                var answer = await api.Post(
                    $"v1/log/{Uri.EscapeDataString(parsed.GetValue(group)!)}/"
                        + $"{Uri.EscapeDataString(parsed.GetValue(topic)!)}/{parsed.GetValue(partition)}/accept",
                    null,
                    cancel
                );
                Console.WriteLine(
                    $"accept {parsed.GetValue(topic)}/{parsed.GetValue(partition)}: DONE, "
                        + $"read on from offset {answer["nextOffset"]}"
                );
                return ExitCode.Ok;
            }
        );
        return verb;
    }
}
