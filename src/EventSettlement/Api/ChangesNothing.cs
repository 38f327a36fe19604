namespace EventSettlement.Api;

/// <summary>A POST that only reads, since what it asks fits no query: no key, no kept answer, no audit.</summary>
internal sealed record ChangesNothing;

internal static class ChangesNothingConvention
{
    public static RouteHandlerBuilder ChangesNothing(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new ChangesNothing());
}
