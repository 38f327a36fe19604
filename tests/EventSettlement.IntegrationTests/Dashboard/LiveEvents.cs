namespace EventSettlement.IntegrationTests.Dashboard;

/// <summary>Server-sent events as a page reads them.</summary>
internal static class LiveEvents
{
    /// <returns>The data of the next event of this name.</returns>
    public static async Task<string> Next(StreamReader reader, string name, CancellationToken cancel)
    {
        while (await reader.ReadLineAsync(cancel) is { } line)
            if (line == "event: " + name)
            {
                var data = new List<string>();
                while (await reader.ReadLineAsync(cancel) is { Length: > 0 } more)
                    data.Add(more["data: ".Length..]);
                return string.Join('\n', data);
            }

        throw new EndOfStreamException();
    }
}
