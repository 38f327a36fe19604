using System.CommandLine;
using System.Text.Json.Nodes;
using EventSettlement.Cli;
using EventSettlement.Payouts;
using EventSettlement.Payouts.Calls;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;
using Npgsql;

namespace EventSettlement;

/// <summary><c>settle doctor</c>: what a server needs, looked at one by one.</summary>
internal static class DoctorVerb
{
    public static Command Command()
    {
        var verb = new Command(
            "doctor",
            "Look at configuration, database, downstreams and server; ends with 1 when one is wrong."
        );
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var (settings, mistakes) = Server.Catalogue.Check(SettingSources.Read());
                var well = Say(
                    "configuration",
                    mistakes.Count == 0,
                    mistakes.Count == 0 ? "right" : string.Join("; ", mistakes)
                );
                well &= await Look("database", () => LookAtDatabase(settings, cancel));
                foreach (var name in ProgrammeSettings.Downstreams(settings))
                    well &= await Look($"downstream {name}", () => LookAtDownstream(settings, name, cancel));
                well &= await Look("server", () => LookAtServer(parsed, cancel));
                return well ? ExitCode.Ok : ExitCode.Failed;
            }
        );
        return verb;
    }

    private static async Task<string> LookAtDatabase(Settings settings, CancellationToken cancel)
    {
        await using var database = new Database(settings.Get(PlatformSettings.Main));
        await using (var session = await database.Reads.OpenConnectionAsync(cancel))
            await DatabaseSession.Check(session, cancel);
        await using var version = database.Reads.CreateCommand("SHOW server_version");
        var answer = await version.ExecuteScalarAsync(cancel);
        if (!await database.MayWrite(cancel))
            throw new InvalidOperationException(
                $"PostgreSQL {answer} cannot be written to: it is a standby, or default_transaction_read_only is on"
            );
        var pending = Migrator.Pending(settings.Get(PlatformSettings.Main));
        return pending.Count == 0
            ? $"PostgreSQL {answer}, up to date"
            : throw new InvalidOperationException(
                $"steps are missing: {string.Join(", ", pending)}; settle migrate makes them"
            );
    }

    private static async Task<string> LookAtDownstream(Settings settings, string name, CancellationToken cancel)
    {
        var address = settings.Get(PayoutSettings.BaseUrl, name);
        if (address.Length == 0)
            throw new InvalidOperationException($"{PayoutSettings.BaseUrl.Of(name)} is not set");
        // The very way of the payouts: no proxy is asked there.
        using var http = MemberServiceClient.NewClient(TimeSpan.FromSeconds(3));
        http.Timeout = TimeSpan.FromSeconds(3);
        using var answer = await http.GetAsync(new Uri(address), cancel);
        return $"answers at {address} ({(int)answer.StatusCode} at its root)";
    }

    private static async Task<string> LookAtServer(ParseResult parsed, CancellationToken cancel)
    {
        using var api = ApiClient.Open(parsed);
        var details = await api.Get("healthz/details", cancel);
        var told = $"answers at {api.Http.BaseAddress}: {details.ToJsonString()}";
        string[] wrong =
        [
            .. Counted(details, "stoppedDownstreams", "downstreams are stopped: settle downstream list"),
            .. Counted(details, "stoppedPartitions", "partitions are not read: settle log list --stopped"),
        ];
        return wrong.Length == 0 ? told : throw new InvalidOperationException($"{string.Join("; ", wrong)}. It {told}");
    }

    private static IEnumerable<string> Counted(JsonNode details, string field, string what) =>
        details.Number(field) is > 0 and var count ? [$"{count} {what}"] : [];

    private static async Task<bool> Look(string what, Func<Task<string>> look)
    {
        try
        {
            return Say(what, true, await look());
        }
        catch (Exception wrong)
            when (wrong
                    is NpgsqlException
                        or HttpRequestException
                        or CliException
                        or InvalidOperationException
                        or ArgumentException
                        or TaskCanceledException
            )
        {
            return Say(what, false, wrong.Message);
        }
    }

    private static bool Say(string what, bool well, string told)
    {
        Console.WriteLine($"{(well ? "ok    " : "WRONG "), -6} {what, -15} {told}");
        return well;
    }
}
