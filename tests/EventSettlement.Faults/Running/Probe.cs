using System.Globalization;
using EventSettlement.Faults.Load;
using EventSettlement.Faults.Running.Asked;
using EventSettlement.Faults.World;
using Npgsql;

namespace EventSettlement.Faults.Running;

/// <summary>Facts for all partitions, sent once all is healed: when they are taken, the way in is open.</summary>
internal sealed class Probe(Installation world, Operator desk, FactJournal journal, NpgsqlDataSource database)
{
    private const int Facts = 24;
    private const int Batch = 1_000_000;
    private readonly string[] _bodies = [.. Enumerable.Range(0, Facts).Select(n => BodyOf(world.Plan.Seed, n))];

    private bool _isSent;
    private bool _isAccepted;
    private int _tries;

    public async Task<bool> IsTaken()
    {
        if (!_isSent)
            journal.Sent(Batch, "probe", "http", _bodies);
        _isSent = true;
        if (!_isAccepted)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"probe-{_tries++}");
            var (status, answer) = await desk.Post(
                "v1/events/study-completed",
                string.Join('\n', _bodies),
                key,
                "application/x-ndjson"
            );
            _isAccepted = status == 202;
            if (_isAccepted)
                journal.Answer(Batch, key, status, answer, Facts);
        }

        return _isAccepted && await Count() == Facts;
    }

    private async Task<long> Count()
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM study WHERE study_id LIKE 'probe-%'");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string BodyOf(int seed, int number)
    {
        var date = DateTime.UtcNow.AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{{\"studyId\":\"probe-{seed}-{number}\",")
            + $"\"completedAt\":\"{date}T01:00:00Z\",\"currency\":\"KRW\",\"depositPerMember\":30000,"
            + "\"penaltyPerAbsence\":3000,\"participants\":[{\"memberId\":\"P-0\",\"absences\":1}]}";
    }
}
