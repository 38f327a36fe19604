using EventSettlement.Faults.Load;

namespace EventSettlement.Faults.Injection.Outside;

/// <summary>The same run is asked for by several at once, or made by several schedulers at once.</summary>
internal sealed class SameRunTwice(bool scheduled) : Fault
{
    public override string Name => scheduled ? "two-schedulers" : "same-run-twice";

    public override bool TroublesServers => false;

    public override string Expectation => "one unfinished run at a time and one scheduled run a date, whoever asks";

    public override int Processes => scheduled ? 3 : 2;

    public override string? Cron => scheduled ? "0/2 * * * * ?" : null;

    public override async Task<bool> Inject(Scene scene, Random random)
    {
        for (var round = 0; round < 5; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => scene.Desk.StartRun()));
            var unfinished = await scene.Count("SELECT count(*) FROM run WHERE state IN ('PLANNING', 'PAYING')");
            var twice = await scene.Count("SELECT count(*) - count(DISTINCT business_date) FROM run WHERE seq = 0");
            if (unfinished > 1 || twice > 0)
                scene.World.Surprises.Enqueue($"{unfinished} unfinished runs, {twice} scheduled twice");
            await Last(0.5);
        }

        return true;
    }
}
