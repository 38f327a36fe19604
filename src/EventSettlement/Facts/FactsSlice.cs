using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;

namespace EventSettlement.Facts;

/// <summary>Facts in, for every programme: topics over HTTP and from files, strict JSON, times.</summary>
public static class FactsSlice
{
    public static readonly Slice Slice = new("facts")
    {
        Add = Add,
        Map = Map,
        Verbs = () => [ProduceVerb.Command()],
    };

    private static void Add(ServerProcess server) => server.Services.AddSingleton<FactIntake>();

    private static void Map(IEndpointRouteBuilder v1) =>
        v1.MapPost("/events/{topic}", FactEndpoint.Post)
            .Needs(Role.Operator)
            .WithName("PostEvents")
            .WithSummary("Take facts: one JSON object, or up to 1,000 lines of them; all or none")
            .AddOpenApiOperationTransformer(FactBodyDescription.Describe)
            .WithTags("facts")
            .Produces<FactsTaken>(202)
            .Produces<Problem>(404, "application/problem+json")
            .Produces<Problem>(413, "application/problem+json")
            .Produces<Problem>(422, "application/problem+json");
}
