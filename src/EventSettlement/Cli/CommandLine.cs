using System.CommandLine;
using System.CommandLine.Help;
using Confluent.Kafka;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using Npgsql;

namespace EventSettlement.Cli;

/// <summary>Reads the arguments, runs the verb and turns what goes wrong into the exit codes.</summary>
public static class CommandLine
{
    /// <summary>1 shows where something failed, and not only what.</summary>
    private const string DebugVariable = "EVENTSETTLEMENT_DEBUG";

    // A desk's server, sandbox, broker and database are stopped one after the other.
    private const StringComparison Plainly = StringComparison.Ordinal;
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(2);

    // A reason may begin with @: nothing that is typed is the name of a file with more to read.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    public static RootCommand Root(string description, params Command[] verbs)
    {
        var root = new RootCommand(description);
        foreach (var verb in verbs)
            root.Add(verb);
        root.Add(ApiClient.Address);
        root.Add(ApiClient.Key);
        return root;
    }

    /// <exception cref="CliException">
    /// An option is empty, or a rule asked for a value that could not be read.
    /// </exception>
    public static ParseResult Parse(RootCommand root, string[] args)
    {
        // The parser would take the next word for its value.
        var empty = args.TakeWhile(word => word != "--")
            .FirstOrDefault(word =>
                word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', Plainly) == word.Length - 1
            );
        if (empty is not null)
            throw new CliException(ExitCode.Usage, $"{empty[..^1]} is empty; leave it out, or give it a value");
        try
        {
            return root.Parse(args, Parser);
        }
        catch (InvalidOperationException unread)
        {
            throw new CliException(ExitCode.Usage, InWords(unread.Message));
        }
    }

    /// <param name="stop">A verb is told to end by it, as by a signal.</param>
    public static async Task<int> Run(
        string description,
        string[] args,
        Command[] verbs,
        CancellationToken stop = default
    )
    {
        try
        {
            return await Run(Parse(Root(description, verbs), args), stop);
        }
        catch (IOException gone) when (StandardStreams.IsReaderGone(gone))
        {
            // Nobody is left to be told.
            return StandardStreams.ReaderGone;
        }
        catch (Exception error)
        {
            var told = Explain(error);
            await Console.Error.WriteLineAsync(Visible.Lines(told.Message));
            if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
                await Console.Error.WriteLineAsync(error.ToString());
            return told.ExitCode;
        }
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        // Asked for help, the parser shows it for whatever it did understand.
        if (parsed.Action is HelpAction && parsed.UnmatchedTokens.Count > 0)
        {
            await Console.Error.WriteLineAsync(
                Visible.Lines($"There is no {string.Join(' ', parsed.UnmatchedTokens)} here.")
            );
            await Console.Error.WriteLineAsync("settle --help shows what there is.");
            return ExitCode.Usage;
        }

        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors.DistinctBy(one => one.Message))
                await Console.Error.WriteLineAsync(Visible.Lines(InWords(error.Message)));
            await Console.Error.WriteLineAsync("settle --help shows what there is.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = LongestStop,
                },
                stop
            );
        }
        catch (ForeignAnswerException)
        {
            throw ApiClient.Stranger(ServerKey.Shown(parsed.GetValue(ApiClient.Address)));
        }
    }

    /// <summary>The parser names a type of the runtime where it means what is to be typed.</summary>
    private static string InWords(string message) =>
        message
            .Replace("System.Nullable`1[System.Int32]", "System.Int32", Plainly)
            .Replace("System.Nullable`1[System.Int64]", "System.Int64", Plainly)
            .Replace("expected type 'System.Guid'", "an id such as 0198c0de-7a3b-7c00-8000-000000000000", Plainly)
            .Replace("expected type 'System.Int64'", "a whole number", Plainly)
            .Replace("expected type 'System.Int32'", "a whole number up to 2147483647", Plainly);

    internal static CliException Explain(Exception error) =>
        error switch
        {
            CliException told => told,
            InvalidSettingsException wrong => new(ExitCode.Failed, wrong.Message),
            NpgsqlException { SqlState: null } => new(
                ExitCode.Unavailable,
                "The database does not answer: " + error.Message
            ),
            NpgsqlException when DatabaseTrouble.Is(error) => new(
                ExitCode.Unavailable,
                "The database cannot do it now, try again: " + error.Message
            ),
            KafkaException
            {
                Error.Code: ErrorCode.Local_Transport
                    or ErrorCode.Local_AllBrokersDown
                    or ErrorCode.Local_Resolve
                    or ErrorCode.Local_TimedOut
                    or ErrorCode.Local_MsgTimedOut
                    or ErrorCode.RequestTimedOut
                    or ErrorCode.LeaderNotAvailable
                    or ErrorCode.NotController
            } => new(ExitCode.Unavailable, "Kafka does not answer: " + error.Message),
            KafkaException => new(ExitCode.Failed, "Kafka refused it: " + error.Message),
            HttpRequestException { StatusCode: { } status } => new(
                Math.Max(ExitCode.Failed, ExitCode.ForStatus((int)status)),
                ApiClient.Explain((int)status, error.Message)
            ),
            HttpRequestException => new(ExitCode.Unavailable, "The server does not answer: " + error.Message),
            TaskCanceledException { InnerException: TimeoutException } => new(
                ExitCode.Unavailable,
                "The server did not answer in time."
            ),
            OperationCanceledException => new(ExitCode.Failed, "Interrupted."),
            IOException
            or UnauthorizedAccessException
            or InvalidOperationException
            or NpgsqlException
            or DllNotFoundException => new(ExitCode.Failed, error.Message),
            _ => new(ExitCode.Failed, $"It failed inside: {error.Message} ({DebugVariable}=1 shows where)"),
        };
}
