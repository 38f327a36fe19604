using System.Globalization;
using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>What was taken by then comes four times more, in another order, also after its settlement.</summary>
internal sealed class Repeated : Fault
{
    public override string Name => "duplicates";

    public override bool TroublesServers => false;

    public override string Expectation => "facts four times more, shuffled and late: one effect each";

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        await Last(2);
        var accepted = 0;
        for (var time = 0; time < 4; time++)
        {
            var taken = scene.Producer.Taken.ToArray();
            random.Shuffle(taken);
            foreach (var (key, body, _) in taken)
            {
                var lines = body.Split('\n');
                random.Shuffle(lines);
                var again = await scene.Desk.Post(
                    "v1/events/study-completed",
                    string.Join('\n', lines),
                    string.Create(CultureInfo.InvariantCulture, $"{key}-again-{time}"),
                    "application/x-ndjson"
                );
                accepted += again.Status == 202 ? 1 : 0;
            }
        }

        return accepted > 0;
    }
}
