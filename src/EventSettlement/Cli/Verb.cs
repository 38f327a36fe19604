using System.CommandLine;

namespace EventSettlement.Cli;

/// <summary>The shapes that most verbs have.</summary>
internal static class Verb
{
    /// <summary>A verb that prints rows.</summary>
    public static Command List(
        string name,
        string description,
        string columns,
        Func<ParseResult, string> path,
        params Option[] filters
    ) => List(name, description, columns, path, patience: null, filters);

    /// <summary>
    /// The same where an answer may take longer than others, and has notes: what it says of itself is told beside the
    /// rows, for scripts read rows.
    /// </summary>
    /// <param name="patience">Null = as long as any request, and without notes.</param>
    public static Command List(
        string name,
        string description,
        string columns,
        Func<ParseResult, string> path,
        TimeSpan? patience,
        params Option[] filters
    )
    {
        var (limit, after) = (Limit(), After());
        var output = Listing.NewOutput();
        var verb = new Command(name, description) { limit, after, output };
        foreach (var filter in filters)
            verb.Add(filter);
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                if (patience is { } longer)
                    api.Http.Timeout = longer;
                string[] notes = [];
                var rows = api.List(
                    path(parsed),
                    parsed.GetValue(limit),
                    parsed.GetValue(after),
                    cancel,
                    page => notes = patience is null ? [] : [.. page.Texts("notes").Select(Listing.Shown)]
                );
                await Listing.Write(rows, columns, parsed.GetValue(output)!, Console.Out, cancel);
                foreach (var note in notes)
                    await Console.Error.WriteLineAsync(note);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    /// <summary>How many rows of a list are printed.</summary>
    public static Option<int?> Limit()
    {
        var limit = new Option<int?>("--limit") { Description = "At most so many; all when not given." };
        limit.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int?>() is <= 0)
                r.AddError("--limit is at least 1");
        });
        return limit;
    }

    /// <summary>Where a list goes on.</summary>
    public static Option<string?> After() => new("--after") { Description = "Go on after this place." };

    /// <summary>A verb that prints one thing.</summary>
    public static Command Show(string name, string description, Argument argument, Func<ParseResult, string> path)
    {
        var verb = Show(name, description, path);
        verb.Add(argument);
        return verb;
    }

    /// <summary>The same where there is only one such thing.</summary>
    public static Command Show(string name, string description, Func<ParseResult, string> path)
    {
        var output = Listing.NewOutput();
        var verb = new Command(name, description) { output };
        verb.SetAction(
            async (parsed, cancel) =>
            {
                using var api = ApiClient.Open(parsed);
                Listing.One(await api.Get(path(parsed), cancel), parsed.GetValue(output)!, Console.Out);
                return ExitCode.Ok;
            }
        );
        return verb;
    }

    /// <summary>A filter that is there and empty is a mistake: it would select everything.</summary>
    public static Option<string?> Text(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(r =>
        {
            if (r.Tokens.Count > 0 && string.IsNullOrWhiteSpace(r.GetValueOrDefault<string?>()))
                r.AddError($"{name} is empty; leave it out, or give it a value");
        });
        return option;
    }

    public static Option<string> Needed(string name, string description) =>
        new(name) { Description = description, Required = true };

    /// <summary>The filters that were given, as a query.</summary>
    public static string Query(params (string Name, string? Value)[] filters)
    {
        var given = filters.Where(f => f.Value is not null).Select(f => f.Name + "=" + Uri.EscapeDataString(f.Value!));
        return string.Join('&', given) is { Length: > 0 } query ? "?" + query : "";
    }
}
