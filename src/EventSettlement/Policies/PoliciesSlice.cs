using EventSettlement.Platform;

namespace EventSettlement.Policies;

/// <summary>Versions of a programme's policy by effective date, for each programme that has some.</summary>
public static class PoliciesSlice
{
    public static readonly Slice Slice = new("policies")
    {
        Add = server => server.Services.AddSingleton<PolicyRows>().AddSingleton<PolicyCommands>(),
        Map = PolicyRoutes.Map,
        Verbs = () => [PolicyVerbs.Command()],
    };
}
