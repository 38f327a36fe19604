using EventSettlement.Platform;

namespace EventSettlement.Api;

public static class ProblemResults
{
    /// <summary>For an endpoint that also stands without the middleware that turns exceptions into problems.</summary>
    public static IResult Answer(this ProblemException problem) =>
        Results.Json(problem.Document(), ApiJson.Options, "application/problem+json", problem.Status);
}
