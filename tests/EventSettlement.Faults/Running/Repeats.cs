using EventSettlement.Faults.Check;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Running;

/// <summary>I10: the same request again gets its answer again, another one under its key is refused.</summary>
internal static class Repeats
{
    private const string Path = "v1/events/study-completed";
    private const string Lines = "application/x-ndjson";

    public static async Task<List<Violation>> Check(Operator desk, Producer producer)
    {
        var wrong = new List<Violation>();
        foreach (var (key, body, answer) in producer.Taken.Take(3))
        {
            var again = await desk.Post(Path, body, key, Lines);
            if (again.Status is not (0 or >= 500) && again != (202, answer))
                wrong.Add(new Violation("I10", $"{key} was answered 202 {answer}, then {again.Status} {again.Body}"));
            var other = await desk.Post(Path, body + "\n", key, Lines);
            if (other.Status is not (0 or >= 500 or 409))
                wrong.Add(new Violation("I10", $"{key} with another body was answered {other.Status} {other.Body}"));
        }

        return wrong;
    }
}
