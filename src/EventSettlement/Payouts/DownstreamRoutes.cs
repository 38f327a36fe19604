using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using EventSettlement.Platform.Configuration;
using EventSettlement.Programmes;

namespace EventSettlement.Payouts;

/// <summary>The services that pay, and the way on for one that is stopped.</summary>
internal static class DownstreamRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapGet(
                "/downstreams",
                (int? limit, string? after, DownstreamReads reads, Settings settings, CancellationToken cancel) =>
                    reads.List(ProgrammeSettings.Downstreams(settings), limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListDownstreams")
            .WithSummary("The services that pay, and why one is stopped")
            .WithTags("operations");
        v1.MapPost("/downstreams/{name}/resume", Resume)
            .Needs(Role.Operator)
            .WithName("ResumeDownstream")
            .WithSummary("Pay through a stopped downstream again")
            .WithTags("operations");
    }

    private static async Task<DownstreamShown> Resume(
        string name,
        NoBody? body,
        Downstreams downstreams,
        DownstreamReads reads,
        Settings settings,
        HttpContext http
    )
    {
        var known = ProgrammeSettings.Downstreams(settings).ToList();
        var asked =
            await reads.Find(known, name, http.RequestAborted)
            ?? throw ProblemException.NotFound("downstream_not_found", $"there is no downstream {name}");
        if (!await downstreams.Resume(name, Actor.Of(http).Name, http.RequestAborted))
            throw ProblemException.Refused(
                "not_stopped",
                $"{name} is {asked.State}: it is not stopped",
                "nothing is to be done: payouts to it go on"
            );
        return (await reads.Find(known, name, http.RequestAborted))!;
    }
}
