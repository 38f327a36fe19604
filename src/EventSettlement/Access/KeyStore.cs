using System.Security.Cryptography;
using System.Text;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Access;

/// <summary>Keys, one-time codes and page sessions. Secrets are random, so a plain SHA-256 of them is enough.</summary>
public sealed class KeyStore(Database database)
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(12);

    /// <summary>Makes the key, or gives an existing name a new secret and role. The secret is told this once.</summary>
    public async Task<string> Create(string name, Role role, CancellationToken cancel)
    {
        const string upsertKey = """
            INSERT INTO api_key (name, role, hash, created_at) VALUES ($1, $2, $3, clock())
            ON CONFLICT (name) DO UPDATE SET role = excluded.role, hash = excluded.hash,
                created_at = excluded.created_at, revoked_at = NULL
            """;
        var secret = NewSecret("sk_");
        await using var command = Command(upsertKey, name, role.ToString().ToLowerInvariant(), Hash(secret));
        await command.ExecuteNonQueryAsync(cancel);
        return secret;
    }

    public async Task<bool> Revoke(string name, CancellationToken cancel)
    {
        const string revokeKey = "UPDATE api_key SET revoked_at = clock() WHERE name = $1 AND revoked_at IS NULL";
        await using var command = Command(revokeKey, name);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    public Task<Actor?> FindKey(string secret, CancellationToken cancel) =>
        FindActor("SELECT id, name, role FROM api_key WHERE hash = $1 AND revoked_at IS NULL", cancel, Hash(secret));

    public Task<Actor?> FindSession(string secret, CancellationToken cancel) =>
        FindActor(
            """
            SELECT k.id, k.name, k.role FROM page_session s JOIN api_key k ON k.id = s.key_id
            WHERE s.hash = $1 AND s.expires_at > clock() AND k.revoked_at IS NULL
            """,
            cancel,
            Hash(secret)
        );

    /// <summary>A code that opens the page once, for half an hour, with the rights of the key of that name.</summary>
    public async Task<string?> CreateLoginCode(string keyName, CancellationToken cancel)
    {
        const string insertCode = """
            INSERT INTO login_code (hash, key_id, expires_at)
            SELECT $1, id, clock() + $2 FROM api_key WHERE name = $3 AND revoked_at IS NULL
            """;
        var code = NewSecret("");
        await using var command = Command(insertCode, Hash(code), CodeLife, keyName);
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? code : null;
    }

    /// <summary>The secret of a new session, or null for a code that is wrong, used or too old.</summary>
    public async Task<string?> Redeem(string code, CancellationToken cancel)
    {
        const string redeemCode = """
            WITH used AS (DELETE FROM login_code WHERE hash = $1 RETURNING key_id, expires_at),
                 swept AS (DELETE FROM page_session WHERE expires_at < clock())
            INSERT INTO page_session (hash, key_id, expires_at)
            SELECT $2, key_id, clock() + $3 FROM used WHERE expires_at > clock()
            """;
        var secret = NewSecret("");
        await using var command = Command(redeemCode, Hash(code), Hash(secret), SessionLife);
        return await command.ExecuteNonQueryAsync(cancel) == 1 ? secret : null;
    }

    public async Task EndSession(string secret, CancellationToken cancel)
    {
        await using var command = Command("DELETE FROM page_session WHERE hash = $1", Hash(secret));
        await command.ExecuteNonQueryAsync(cancel);
    }

    public async Task<IReadOnlyList<KeyRow>> List(CancellationToken cancel)
    {
        const string listKeys = "SELECT name, role, created_at, revoked_at FROM api_key ORDER BY name LIMIT 1000";
        return await database.Query<KeyRow>(listKeys, null, cancel);
    }

    private async Task<Actor?> FindActor(string sql, CancellationToken cancel, byte[] hash)
    {
        await using var command = Command(sql, hash);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new Actor(
                reader.GetInt64(0),
                reader.GetString(1),
                Enum.Parse<Role>(reader.GetString(2), ignoreCase: true)
            )
            : null;
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.Reads.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private static string NewSecret(string prefix) =>
        prefix + Convert.ToHexString(RandomNumberGenerator.GetBytes(24)).ToLowerInvariant();

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

/// <summary>A key without its secret.</summary>
public sealed record KeyRow(string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);
