using System.Data.Common;
using Npgsql;

namespace EventSettlement.Platform;

/// <summary>Whether a text is a connection string that a server can work with.</summary>
internal static class PostgresAddress
{
    public static bool IsRight(string value) => FindMistake(value) is null;

    /// <summary>What is wrong with it, without a value that it holds.</summary>
    public static string? FindMistake(string value)
    {
        try
        {
            if (FindKeyword(value) is { } wrong)
                return wrong;
            var parsed = new NpgsqlConnectionStringBuilder(value);
            // Rules over several keywords are told by the source and not by the builder.
            using var source = NpgsqlDataSource.Create(DatabaseSession.Of(value, "settle"));
            return string.IsNullOrEmpty(parsed.Host) ? "it has no Host"
                : string.IsNullOrEmpty(parsed.Username) ? "it has no Username"
                : string.IsNullOrEmpty(parsed.Database) ? "it has no Database"
                : null;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return e.Message;
        }
    }

    // The builder names a keyword that it does not know, and that may be a piece of an unquoted password.
    private static string? FindKeyword(string value)
    {
        var number = 0;
        var given = new DbConnectionStringBuilder { ConnectionString = value };
        foreach (string keyword in given.Keys!)
        {
            number++;
            var known = new NpgsqlConnectionStringBuilder();
            if (!known.TryGetValue(keyword, out _))
                return $"keyword {number} of it is none that Npgsql knows";
            try
            {
                known[keyword] = given[keyword];
            }
            catch (Exception e) when (IsRefusal(e))
            {
                return $"{keyword} cannot have this value";
            }
        }

        return null;
    }

    private static bool IsRefusal(Exception e) =>
        e
            is ArgumentException
                or FormatException
                or KeyNotFoundException
                or NotSupportedException
                or InvalidOperationException
                or OverflowException;
}
