using System.Text.Json;
using System.Text.Json.Nodes;
using EventSettlement.Platform;

namespace EventSettlement.Cli;

/// <summary>
/// Where the server is and with which key: what was typed, else the environment, else what ./run has written down. Its
/// file is read only where something is missing, and its key is for its address alone: a stranger is told none.
/// </summary>
internal static class ServerKey
{
    private const string Usual = "http://127.0.0.1:8080";

    public static (Uri Address, string? Key) Find(string? typedAddress, string? typedKey)
    {
        var key = typedKey ?? Variable("EVENTSETTLEMENT_KEY");
        var told = typedAddress ?? Variable("EVENTSETTLEMENT_API");
        var address = told is null ? null : Read(told);
        if (address is not null && key is not null)
            return (address, key);
        var written = Written();
        var desk = written.Address is null ? null : Read(written.Address);
        if (address is null || key is not null || written.Key is null || (desk is not null && Same(address, desk)))
            return (address ?? desk ?? Read(Usual), key ?? written.Key);
        throw new CliException(
            ExitCode.Usage,
            $"The key of {File} is for {written.Address ?? Usual} and is not sent "
                + $"to {address}: give that server's key with --key or EVENTSETTLEMENT_KEY"
        );
    }

    /// <summary>For messages; the address that was typed or is set, else the usual one.</summary>
    public static string Shown(string? typedAddress) =>
        $"{Read(typedAddress ?? Variable("EVENTSETTLEMENT_API") ?? Written().Address ?? Usual)}";

    private static string File => Path.Combine(DeskFolder.Path, "cli.json");

    private static Uri Read(string address) =>
        Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new CliException(
                ExitCode.Usage,
                $"--api is an address such as http://127.0.0.1:8080, not {address}"
            );

    private static bool Same(Uri one, Uri other) =>
        one.Scheme == other.Scheme
        && one.Port == other.Port
        && (one.Host == other.Host || (one.IsLoopback && other.IsLoopback));

    private static (string? Address, string? Key) Written()
    {
        if (!System.IO.File.Exists(File))
            return (null, null);
        try
        {
            var written = JsonNode.Parse(System.IO.File.ReadAllText(File));
            return ((string?)written?["api"], (string?)written?["key"]);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new CliException(ExitCode.Failed, $"{File} is not what ./run writes: {wrong.Message}");
        }
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
