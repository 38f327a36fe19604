using System.Text.Json.Nodes;

namespace EventSettlement.Cli;

/// <summary>What a script can tell apart.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int RefusedByState = 4;
    public const int Unavailable = 5;

    public static int ForStatus(int status) =>
        status switch
        {
            < 300 => Ok,
            400 or 413 or 422 => Usage,
            404 => NotFound,
            409 => RefusedByState,
            429 or 502 or 503 or 504 => Unavailable,
            _ => Failed,
        };
}

/// <summary>Ends the command with a message on standard error.</summary>
/// <param name="problem">What the server answered, for a verb that tells more of it than the message does.</param>
public sealed class CliException(int exitCode, string message, JsonObject? problem = null) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    public JsonObject? Problem { get; } = problem;
}
