using System.Globalization;
using EventSettlement.Alerts;
using EventSettlement.Platform;

namespace EventSettlement.Runs;

/// <summary>Tells people that a scheduled run waits for an earlier one: one alert, until the run is made.</summary>
internal sealed class HeldUpRun(Database database)
{
    private readonly RunQueries _queries = new(database);
    private (DateOnly Date, long Earlier)? _told;

    public async Task Tell(string programme, DateOnly date, CancellationToken cancel)
    {
        if (await _queries.ShowUnfinished(programme, cancel) is not { } earlier || _told == (date, earlier.Run.Id))
            return;
        var alert = new Alert(
            Cause(programme),
            "run_held_up",
            string.Create(
                CultureInfo.InvariantCulture,
                $"the scheduled run of {programme} for {date:yyyy-MM-dd} waits for run {earlier.Run.Id}: "
            ) + RunWaits.Describe(earlier),
            $"settle run show {earlier.Run.Id} says what it waits for; settle run stop {earlier.Run.Id} lets the "
                + "scheduled one start"
        );
        await using var batch = database.Hot.CreateBatch();
        batch.BatchCommands.Add(AlertRows.Upsert([alert]));
        await batch.ExecuteNonQueryAsync(cancel);
        _told = (date, earlier.Run.Id);
    }

    public async Task End(string programme, CancellationToken cancel)
    {
        await using var batch = database.Hot.CreateBatch();
        batch.BatchCommands.Add(AlertRows.Close(Cause(programme)));
        await batch.ExecuteNonQueryAsync(cancel);
        _told = null;
    }

    private static string Cause(string programme) => $"programme {programme} run_held_up";
}
