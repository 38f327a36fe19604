using EventSettlement.Faults.World.Servers;
using Npgsql;

namespace EventSettlement.Faults.Check.Known;

/// <summary>One item as the database ended up with it.</summary>
internal sealed record ItemRow(
    Guid Settlement,
    int No,
    int Part,
    string Member,
    long Amount,
    string State,
    int Attempt,
    bool NeedsPerson,
    bool Doubt,
    string? Transaction,
    string? Error
);

internal sealed record SettlementRow(
    Guid Id,
    string Subject,
    long Run,
    string State,
    long Version,
    int Seq,
    long Amount,
    long PaidAmount,
    int Paid,
    int Attempt,
    int RetriesLeft,
    bool Held,
    bool Cancelling,
    bool Overdue
);

internal sealed record RequestRow(Guid Id, string Subject, long Run, long Amount, long Kept, int Items);

internal sealed record HistoryRow(
    Guid Settlement,
    int Seq,
    string? From,
    string To,
    string Cause,
    string Actor,
    int Attempt,
    DateTime At
)
{
    /// <summary>A move, and not a note such as that it was held.</summary>
    public bool IsMove => From != To;

    public override string ToString() =>
        $"{At:HH:mm:ss.fff} history {Seq}: {From} -> {To} ({Cause}, {Actor}), " + $"attempt {Attempt}";
}

internal sealed record StudyRow(
    string Study,
    DateTime Completed,
    string Currency,
    long Deposit,
    long Penalty,
    string[] Members,
    int[] Absences,
    bool Planned,
    int Partition,
    long Offset
);

internal sealed record ParkedRow(string Group, string Topic, long Offset, string Code, byte[] Body, string Message);

internal sealed record PostingRow(
    long Transaction,
    string Account,
    string Currency,
    long Amount,
    string Kind,
    string Reference,
    Guid Settlement,
    DateTime At
);

/// <summary>What the witness trigger saw: a committed change of an item, and when its commit was.</summary>
internal sealed record SeenItem(Guid Settlement, int No, string State, int Attempt, long? Epoch, DateTime Committed)
{
    public override string ToString() =>
        $"{Committed:HH:mm:ss.ffffff} item {No} committed as {State}, attempt {Attempt}, epoch {Epoch}";
}

/// <summary>What the witness saw of a settlement, by PostgreSQL's true clock and not the product's.</summary>
/// <param name="Seq">The last line of its history then.</param>
internal sealed record SeenSettlement(
    Guid Settlement,
    long Version,
    string State,
    int Seq,
    DateTime Begun,
    DateTime At
);

/// <summary>Reads tables whole: a run is small.</summary>
internal static class Tables
{
    public static async Task<List<T>> Read<T>(NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> row)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 60;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }

    public static string? Text(this NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);
}
