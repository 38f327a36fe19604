using Npgsql;

namespace EventSettlement.Faults.World.Servers;

/// <summary>
/// A database folder that every run starts from: migrated by the product, with a key, and with the checker's own
/// triggers, which write down each change of an item and of a settlement with the transaction that made it, and each
/// offset that an owner moved backwards.
/// </summary>
/// <param name="product">The build that is tested; null for the one as it stands.</param>
internal sealed class Template(string folder, string? product = null)
{
    private const string Witness = """
        CREATE SCHEMA witness;
        CREATE TABLE witness.item (seq bigint GENERATED ALWAYS AS IDENTITY, settlement_id uuid, no integer,
            state text, attempt integer, epoch bigint, xid xid DEFAULT (pg_current_xact_id()::xid),
            at timestamptz DEFAULT clock_timestamp());
        CREATE TABLE witness.settlement (seq bigint GENERATED ALWAYS AS IDENTITY, settlement_id uuid, version bigint,
            state text, told integer, begun timestamptz DEFAULT transaction_timestamp(),
            at timestamptz DEFAULT clock_timestamp());
        CREATE FUNCTION witness.see_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            INSERT INTO witness.item (settlement_id, no, state, attempt, epoch)
                SELECT settlement_id, no, state, attempt, epoch FROM changed;
            RETURN NULL;
        END $$;
        CREATE FUNCTION witness.see_settlement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            INSERT INTO witness.settlement (settlement_id, version, state, told)
                SELECT settlement_id, version, state, seq FROM changed;
            RETURN NULL;
        END $$;
        CREATE TRIGGER witness_item AFTER UPDATE ON settlement_item
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION witness.see_item();
        CREATE TRIGGER witness_born AFTER INSERT ON settlement
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION witness.see_settlement();
        CREATE TRIGGER witness_moved AFTER UPDATE ON settlement
            REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION witness.see_settlement();
        CREATE TABLE witness.log_made_anew (topic text, at timestamptz);
        CREATE TABLE witness.turned_back (group_id text, topic text, partition integer, epoch bigint,
            was bigint, now_at bigint, at timestamptz DEFAULT clock_timestamp());
        CREATE FUNCTION witness.see_turned_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            INSERT INTO witness.turned_back (group_id, topic, partition, epoch, was, now_at)
                VALUES (NEW.group_id, NEW.topic, NEW.partition, NEW.epoch, OLD.next_offset, NEW.next_offset);
            RETURN NULL;
        END $$;
        CREATE TRIGGER witness_turned_back AFTER UPDATE ON consumer_offset FOR EACH ROW
            WHEN (NEW.next_offset < OLD.next_offset AND NEW.epoch = OLD.epoch)
            EXECUTE FUNCTION witness.see_turned_back();
        """;

    private readonly string _data = Path.Combine(folder, "data");

    /// <summary>The secret of an admin's key.</summary>
    public string Key { get; private set; } = "";

    public string Folder => folder;

    public string Built => product ?? Product.Path;

    public async Task Make()
    {
        Directory.CreateDirectory(folder);
        await PostgresBinaries.GiveTo(folder);
        var init = PostgresBinaries.AsOwner("initdb");
        await ChildProcess.Output(
            init[0],
            [
                .. init[1..],
                "-D",
                _data,
                "-U",
                PostgresServer.Owner,
                "--auth=trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ]
        );
        var server = new PostgresServer(_data, Ports.Free());
        await server.Start();
        try
        {
            var none = server.Connection.Replace("=settlement", "=postgres", StringComparison.Ordinal);
            await Execute(none, $"CREATE ROLE {PostgresServer.Product} LOGIN");
            await Execute(none, $"CREATE DATABASE settlement OWNER {PostgresServer.Product}");
            KeyValuePair<string, string>[] environment =
            [
                new(
                    "EventSettlement__ConnectionStrings__Main",
                    PostgresServer.ConnectionAt(server.Port, PostgresServer.Product)
                ),
            ];
            await ChildProcess.Output("dotnet", [Built, "migrate"], environment);
            var key = await ChildProcess.Output(
                "dotnet",
                [Built, "key", "create", "faults", "--role", "Admin"],
                environment
            );
            Key = key.Trim();
            await Execute(server.Connection, Witness);
            await Execute(server.Connection, "CHECKPOINT");
        }
        finally
        {
            server.Kill();
        }
    }

    public async Task<PostgresServer> Copy(string target)
    {
        Directory.CreateDirectory(target);
        await ChildProcess.Output("cp", ["-a", _data + "/.", target]);
        File.Delete(Path.Combine(target, "postmaster.pid"));
        return new PostgresServer(target, Ports.Free());
    }

    private static async Task Execute(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
