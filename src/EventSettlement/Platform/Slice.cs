using System.CommandLine;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Platform.Configuration;

namespace EventSettlement.Platform;

/// <summary>
/// What a slice brings to the server: its keys, services, messages, routes and verbs. Each slice has one, in
/// <c>&lt;Slice&gt;Slice.cs</c>; all of them stand in <c>Server.cs</c>.
/// </summary>
public record Slice(string Name)
{
    public IReadOnlyList<Setting> Settings { get; init; } = [];

    /// <summary>Rules over several keys, and keys that a server needs.</summary>
    public Func<Settings, IEnumerable<SettingMistake>> Check { get; init; } = _ => [];

    public Action<ServerProcess> Add { get; init; } = _ => { };

    public Action<MessagingBuilder, Settings> Messages { get; init; } = (_, _) => { };

    /// <summary>Consumer groups by the role that serves them.</summary>
    public Func<Settings, IEnumerable<(string Role, string Group)>> Groups { get; init; } = _ => [];

    /// <summary>Endpoints under <c>/v1</c> of the role <c>api</c>.</summary>
    public Action<IEndpointRouteBuilder> Map { get; init; } = _ => { };

    /// <summary>Pages and whatever else the role <c>api</c> serves elsewhere.</summary>
    public Action<IEndpointRouteBuilder> MapPages { get; init; } = _ => { };

    public Func<IEnumerable<Command>> Verbs { get; init; } = () => [];
}

/// <summary>A server process that is being put together.</summary>
public sealed record ServerProcess(IServiceCollection Services, Settings Settings, IReadOnlyCollection<string> Roles)
{
    public bool Has(string role) => Roles.Contains(role);
}

/// <summary>What a server process may be started for.</summary>
public static class Roles
{
    public const string Api = "api";
    public const string Scheduler = "scheduler";
    public const string Saga = "saga";
    public const string Payout = "payout";
    public const string Intake = "intake";
    public const string Relay = "relay";

    public static readonly string[] All = [Api, Scheduler, Saga, Payout, Intake, Relay];
}
