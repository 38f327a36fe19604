using EventSettlement.Faults.Check;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.World;

namespace EventSettlement.Faults.Running;

/// <summary>I10: the same request again gets its answer again, another one under its key is refused.</summary>
internal static class Repeats
{
    private const string Path = "v1/events/study-completed";
    private const string Lines = "application/x-ndjson";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<List<Violation>> Check(Operator desk, Producer producer)
    {
        var wrong = new List<Violation>();
        foreach (var (key, body, answer) in producer.Taken.Take(3))
        {
            var again = await Answer(desk, body, key);
            if (again != (202, answer))
                wrong.Add(new Violation("I10", $"{key} was answered 202 {answer}, then {again.Status} {again.Body}"));
            var other = await Answer(desk, body + "\n", key);
            if (other.Status != 409)
                wrong.Add(new Violation("I10", $"{key} with another body was answered {other.Status} {other.Body}"));
        }

        return wrong;
    }

    /// <summary>All is healed: whoever was restarted a moment ago may be away once, not always.</summary>
    private static async Task<(int Status, string Body)> Answer(Operator desk, string body, string key)
    {
        var answer = (Status: 0, Body: "");
        await Waiting.Until(
            Patience,
            async () => (answer = await desk.Post(Path, body, key, Lines)).Status is > 0 and < 500
        );
        return answer;
    }
}
