using EventSettlement.Cli;

namespace EventSettlement.Facts;

/// <summary>How verbs that send a file of facts tell of it: progress, what was accepted, and each wrong line.</summary>
internal static class SentFile
{
    /// <exception cref="CliException">The server refuses it, or is none of ours.</exception>
    public static async Task<FileSent> Send(ApiClient api, Func<IProgress<int>, Task<FileSent>> send)
    {
        FileSent sent;
        try
        {
            sent = await send(new SentLine());
        }
        catch (HttpRequestException refused) when (refused.StatusCode is { } status)
        {
            throw (int)status < 400
                ? ApiClient.Stranger($"{api.Http.BaseAddress}")
                : new CliException(ExitCode.ForStatus((int)status), ApiClient.Explain((int)status, refused.Message));
        }

        if (!Console.IsErrorRedirected)
            await Console.Error.WriteLineAsync();
        Console.WriteLine($"{sent.Accepted} accepted");
        foreach (var line in sent.Told())
            await Console.Error.WriteLineAsync(line);
        return sent;
    }

    /// <summary>Rewrites one line on a terminal; says nothing elsewhere.</summary>
    private sealed class SentLine : IProgress<int>
    {
        public void Report(int value)
        {
            if (!Console.IsErrorRedirected)
                Console.Error.Write(FormattableString.Invariant($"\r{value:N0} sent "));
        }
    }
}
