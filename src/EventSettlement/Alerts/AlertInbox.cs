using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>Takes alerts of parts that have no transaction of their own, such as the messaging core.</summary>
public sealed class AlertInbox(Database database)
{
    /// <summary>Does not wait. What cannot be written is lost here; the one who raised it has logged it.</summary>
    public void Raise(string code, string cause, string message, string next) =>
        _ = Task.Run(() => Write(new Alert($"{code} {cause}", code, message, next)));

    private async Task Write(Alert alert)
    {
        try
        {
            await using var batch = database.Reads.CreateBatch();
            batch.BatchCommands.Add(AlertRows.Upsert([alert]));
            await batch.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException)
        {
            // The database is away, which is most often what the alert was about; the cause is raised again.
        }
    }
}
