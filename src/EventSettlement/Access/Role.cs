namespace EventSettlement.Access;

/// <summary>Each role may do all that the ones below it may.</summary>
public enum Role
{
    Viewer = 1,
    Operator = 2,
    Approver = 3,
    Admin = 4,
}

/// <summary>Who asks, as it stands in histories and the audit.</summary>
public sealed record Actor(long KeyId, string Name, Role Role)
{
    public static Actor Of(HttpContext http) =>
        http.Features.Get<Actor>()
        ?? throw new InvalidOperationException("an endpoint without a gate asked who is there");
}

/// <summary>The least role of an endpoint. One without this is closed to everybody.</summary>
public sealed record RoleNeeded(Role? Role);

/// <summary>Of a page: a browser without a login is led to it, instead of being refused.</summary>
public sealed record LoginOpened;

/// <summary>How an endpoint says who may call it.</summary>
public static class RoleConventions
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, Role role)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RoleNeeded(role));

    public static TBuilder OpensLogin<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new LoginOpened());

    /// <summary>For health and the login page only.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RoleNeeded((Role?)null));
}
