using System.Globalization;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection;

/// <summary>Every fact comes five times, in another order, also long after its settlement.</summary>
internal sealed class Repeated : Fault
{
    public override string Name => "duplicates";

    public override string Expectation => "every fact five times, shuffled and late: one effect each";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(2);
        for (var time = 0; time < 4; time++)
        {
            var taken = scene.Producer.Taken.ToArray();
            random.Shuffle(taken);
            foreach (var (key, body, _) in taken)
            {
                var lines = body.Split('\n');
                random.Shuffle(lines);
                await scene.Desk.Post("v1/events/study-completed", string.Join('\n', lines), string.Create(
                    CultureInfo.InvariantCulture, $"{key}-again-{time}"), "application/x-ndjson");
            }

        }

        return true;
    }
}
