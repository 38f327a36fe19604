using Npgsql;

namespace EventSettlement.Platform;

/// <summary>Errors that say nothing of what was asked: the database is away, or somebody must set it right.</summary>
internal static class DatabaseTrouble
{
    public static bool Is(Exception error) =>
        error switch
        {
            PostgresException { SqlState: { } state } refused => refused.IsTransient || IsOfServer(state),
            NpgsqlException => true,
            _ => error is TimeoutException,
        };

    // Classes 08 connection, 28 login, 53 resources, 57P operator; read-only, no such database, no right.
    private static bool IsOfServer(string state) =>
        state is ['0', '8', ..] or ['2', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', ..]
        || state
            is PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.InvalidCatalogName
                or PostgresErrorCodes.InsufficientPrivilege;
}
