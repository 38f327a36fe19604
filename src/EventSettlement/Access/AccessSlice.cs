using EventSettlement.Platform;

namespace EventSettlement.Access;

/// <summary>Who may do what: keys with roles, the login of the page, the gate in front of every endpoint.</summary>
public static class AccessSlice
{
    public static readonly Slice Slice = new("access")
    {
        Add = server => server.Services.AddSingleton<KeyStore>(),
        MapPages = Map,
        Verbs = () => [KeyVerbs.Command()],
    };

    private static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", LoginPage.Show).OpenToAll().ExcludeFromDescription();
        routes.MapPost("/login", LoginPage.Enter).OpenToAll().ExcludeFromDescription().DisableAntiforgery();
        routes.MapGet("/logout", LoginPage.Leave).Needs(Role.Viewer).ExcludeFromDescription();
    }
}
