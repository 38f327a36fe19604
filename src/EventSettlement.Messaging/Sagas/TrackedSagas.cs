using Npgsql;
using NpgsqlTypes;

namespace EventSettlement.Messaging.Sagas;

/// <summary>
/// The sagas of one batch: read once, changed in memory, written when no later record is for them.
/// </summary>
internal sealed class TrackedSagas<TSaga>(ISagaMapper<TSaga> mapper, NpgsqlDataSource database)
    where TSaga : class
{
    // A null entry is an id that was looked for and is not there.
    private readonly Dictionary<Guid, Tracked?> _byId = [];

    // Where in the batch an id is met for the last time.
    private IReadOnlyDictionary<Guid, int> _lastUses = new Dictionary<Guid, int>();

    /// <summary>All sagas of the batch and the database's clock, in one round trip.</summary>
    /// <param name="lastUses">Their ids, and the last record of the batch that each is for.</param>
    public Task<DateTimeOffset> ReadAll(IReadOnlyDictionary<Guid, int> lastUses, CancellationToken cancel)
    {
        _lastUses = lastUses;
        return ReadAll([.. lastUses.Keys], cancel);
    }

    private async Task<DateTimeOffset> ReadAll(Guid[] ids, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new NpgsqlBatchCommand("SELECT clock()"), Select(ids) },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        var now = reader.GetFieldValue<DateTimeOffset>(0);
        await reader.NextResultAsync(cancel);
        await Read(ids, reader, cancel);
        return now;
    }

    /// <summary>The saga, safe to change until the attempt is undone; null when there is none.</summary>
    public async ValueTask<Tracked?> Load(Guid id, BatchSession session, CancellationToken cancel)
    {
        if (!_byId.TryGetValue(id, out var tracked))
        {
            await ReadAll([id], cancel);
            tracked = _byId[id];
        }

        if (tracked is not null)
            KeepCopy(tracked, session);
        return tracked;
    }

    /// <summary>A saga as the database holds it.</summary>
    public void AddLoaded(TSaga saga) => _byId[mapper.IdOf(saga)] = new Tracked(saga);

    /// <summary>An id that the database does not hold.</summary>
    public void AddMissing(Guid id) => _byId.TryAdd(id, null);

    public Tracked Add(TSaga saga, BatchSession session)
    {
        var id = mapper.IdOf(saga);
        var tracked = new Tracked(saga) { IsNew = true, IsChanged = true };
        _byId[id] = tracked;
        session.OnUndo(() => _byId[id] = null);
        return tracked;
    }

    public void Forget(TSaga saga) => _byId[mapper.IdOf(saga)] = null;

    public void Changed(TSaga saga)
    {
        if (_byId[mapper.IdOf(saga)] is { } tracked)
            tracked.IsChanged = true;
    }

    /// <summary>
    /// What is to be written: all of it, or what no record from <paramref name="before"/> on is for. A saga that was
    /// found under no record's key waits for the end.
    /// </summary>
    public (List<TSaga> Added, List<TSaga> Changed) CollectChanges(int? before = null)
    {
        List<TSaga> added = [],
            changed = [];
        foreach (var (id, tracked) in _byId)
        {
            if (
                tracked is not { IsChanged: true }
                || before is { } handled && _lastUses.GetValueOrDefault(id, handled) >= handled
            )
                continue;
            (tracked.IsNew ? added : changed).Add(tracked.Saga);
            tracked.IsNew = tracked.IsChanged = false;
        }

        return (added, changed);
    }

    private void KeepCopy(Tracked tracked, BatchSession session)
    {
        var (copy, changed) = (mapper.Copy(tracked.Saga), tracked.IsChanged);
        session.OnUndo(() =>
        {
            mapper.Restore(tracked.Saga, copy);
            tracked.IsChanged = changed;
        });
    }

    private NpgsqlBatchCommand Select(Guid[] ids) =>
        new(mapper.SelectSql)
        {
            Parameters =
            {
                new NpgsqlParameter<Guid[]> { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid },
            },
        };

    private async Task Read(Guid[] ids, NpgsqlDataReader reader, CancellationToken cancel)
    {
        foreach (var id in ids)
            AddMissing(id);
        while (await reader.ReadAsync(cancel))
            AddLoaded(mapper.Read(reader));
    }

    internal sealed class Tracked(TSaga saga)
    {
        public TSaga Saga { get; } = saga;

        public bool IsNew { get; set; }

        public bool IsChanged { get; set; }
    }
}
