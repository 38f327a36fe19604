using System.CommandLine;
using EventSettlement.Cli;

namespace EventSettlement.Payees;

/// <summary><c>settle payee tax …</c>.</summary>
internal static class TaxVerbs
{
    private const string Path = "v1/payees/tax";

    /// <summary>Of everything wrong, what a person can read at once.</summary>
    private const int MaxMistakes = 100;

    public static Command Command()
    {
        var payee = Verb.Text("--payee", "Of this payee only.");
        return new Command("payee", "What is known of those who are paid.")
        {
            new Command("tax", "Tax profiles: whether tax is withheld from what a payee is paid.")
            {
                Put(),
                Verb.List(
                    "list",
                    "Profiles by payee and day, each as it was put; of several of one day the last counts.",
                    TaxReads.Columns,
                    p => Path + Verb.Query(("payee", p.GetValue(payee))),
                    payee
                ),
            },
        };
    }

    private static Command Put()
    {
        var file = new Argument<string>("FILE") { Description = "FILE.csv with the columns payee_id,from,kind." };
        var verb = new Command(
            "put",
            "Put what payees are from a day on: NONE (a business, as without a profile) or PERSONAL. A file with a "
                + "wrong line is not sent at all; one that was sent may be sent again, nothing counts twice."
        )
        {
            file,
        };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                var profiles = await Read(parsed.GetValue(file)!, cancel);
                using var api = ApiClient.Open(parsed);
                var (sent, put) = (0, 0L);
                try
                {
                    foreach (var chunk in profiles.Chunk(TaxRules.MaxRows))
                    {
                        put += (await api.Post(Path, new { rows = chunk.Select(Row) }, cancel)).Number("put");
                        sent += chunk.Length;
                    }
                }
                catch when (sent > 0)
                {
                    await Console.Error.WriteLineAsync(
                        $"{sent} of {profiles.Count} rows were taken: send the file again, nothing counts twice."
                    );
                    throw;
                }

                Console.WriteLine($"{put} put, {profiles.Count - put} unchanged");
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    private static object Row(TaxProfile profile) =>
        new
        {
            payeeId = profile.PayeeId,
            from = FormattableString.Invariant($"{profile.From:yyyy-MM-dd}"),
            kind = profile.Kind.Text(),
        };

    /// <exception cref="CliException">Some of it is wrong; each mistake has been told.</exception>
    private static async Task<List<TaxProfile>> Read(string path, CancellationToken cancel)
    {
        if (!File.Exists(path))
            throw new CliException(ExitCode.Usage, $"there is no file {path}");
        if (new FileInfo(path).Length > TaxFile.MaxBytes)
            throw new CliException(ExitCode.Usage, $"{path} is longer than {TaxFile.MaxBytes >> 20} MB: cut it up");
        var (profiles, mistakes) = TaxFile.Read(await File.ReadAllBytesAsync(path, cancel));
        if (mistakes.Count == 0)
            return profiles;
        foreach (var mistake in mistakes.Take(MaxMistakes))
            await Console.Error.WriteLineAsync(Visible.Line($"{mistake}"));
        if (mistakes.Count > MaxMistakes)
            await Console.Error.WriteLineAsync($"and {mistakes.Count - MaxMistakes} more");
        throw new CliException(ExitCode.Usage, "Nothing was sent: correct these and put the file again.");
    }
}
