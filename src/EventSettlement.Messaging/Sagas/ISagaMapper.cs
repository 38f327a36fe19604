using Npgsql;

namespace EventSettlement.Messaging.Sagas;

/// <summary>How one saga type is read and written, set-based. The only place that knows its columns.</summary>
public interface ISagaMapper<TSaga>
    where TSaga : class
{
    /// <summary>SELECT of all columns, with <c>= ANY ($1)</c> over an array of ids.</summary>
    string SelectSql { get; }

    Guid IdOf(TSaga saga);

    TSaga Read(NpgsqlDataReader row);

    /// <summary>A copy that an undone attempt goes back to.</summary>
    TSaga Copy(TSaga saga);

    /// <summary>Puts the copy's values back into the tracked instance.</summary>
    void Restore(TSaga saga, TSaga copy);

    /// <summary>Its row is on its way: the instance counts one version more, as the row will.</summary>
    void CountVersion(TSaga saga);

    /// <summary>INSERT … FROM unnest … ON CONFLICT DO NOTHING with version 1; affected rows = sagas.</summary>
    NpgsqlBatchCommand Insert(IReadOnlyList<TSaga> sagas);

    /// <summary>UPDATE … FROM unnest WHERE version = loaded, version + 1; affected rows = sagas.</summary>
    NpgsqlBatchCommand Update(IReadOnlyList<TSaga> sagas);
}

/// <summary>
/// Rows that a saga adds beside itself, in the same transaction (history, command answers, alerts, progress).
/// </summary>
public interface ISideTable<TRow>
{
    /// <summary>One set-based statement for all rows of the flush.</summary>
    NpgsqlBatchCommand Write(IReadOnlyList<TRow> rows);
}
