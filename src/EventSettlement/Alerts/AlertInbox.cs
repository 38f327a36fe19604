using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Alerts;

/// <summary>
/// Takes alerts of parts that have no transaction of their own, such as the messaging core. While the database is away,
/// which is most often what they are about, they wait here: one a cause, and not more than so many causes.
/// </summary>
public sealed class AlertInbox(Database database)
{
    private const int MostCauses = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, Alert> _waiting = [];
    private bool _writing;

    /// <summary>Does not wait. The one who raised it has logged it, so one too many leaves its trace.</summary>
    public void Raise(string code, string cause, string message, string next)
    {
        var name = $"{code} {cause}";
        lock (_waiting)
        {
            var known = _waiting.GetValueOrDefault(name);
            if (known is null && _waiting.Count >= MostCauses)
                return;
            _waiting[name] = new Alert(name, code, message, next, Count: 1 + (known?.Count ?? 0));
            if (_writing)
                return;
            _writing = true;
        }

        _ = Task.Run(WriteAll);
    }

    /// <summary>Until nothing waits, or nobody is left to write it.</summary>
    private async Task WriteAll()
    {
        while (Empty() is { Length: > 0 } alerts)
        {
            Exception? wrong = null;
            while (!await ServerLoop.Try(_ => Write(alerts), e => wrong = e, CancellationToken.None))
            {
                // The process ends, or PostgreSQL will never take this text: what came meanwhile must not wait for it.
                if (
                    wrong is not (NpgsqlException or TimeoutException or IOException)
                    || wrong is PostgresException { SqlState: ['2', '2', ..] }
                )
                    break;
                await Task.Delay(Pause);
            }
        }
    }

    private Alert[] Empty()
    {
        lock (_waiting)
        {
            Alert[] alerts = [.. _waiting.Values];
            _waiting.Clear();
            _writing = alerts.Length > 0;
            return alerts;
        }
    }

    private async Task Write(Alert[] alerts)
    {
        await using var batch = database.Reads.CreateBatch();
        batch.BatchCommands.Add(AlertRows.Upsert(alerts));
        await batch.ExecuteNonQueryAsync();
    }
}
