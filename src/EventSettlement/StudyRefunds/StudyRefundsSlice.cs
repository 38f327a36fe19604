using EventSettlement.Api;
using EventSettlement.Contracts;
using EventSettlement.Messaging.Hosting;
using EventSettlement.Platform;
using EventSettlement.StudyRefunds.Explain;
using EventSettlement.StudyRefunds.Intake;

namespace EventSettlement.StudyRefunds;

/// <summary>Facts in: completed studies, from the topic, over HTTP and from files.</summary>
public static class StudyRefundsSlice
{
    public static IServiceCollection AddStudyRefunds(this IServiceCollection services, Settings settings) =>
        services.AddSingleton<FactIntake>().AddSingleton<ExplainQuery>();

    public static IEndpointRouteBuilder MapStudyRefunds(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/v1/events/{topic}", FactEndpoint.Post)
            .WithName("PostEvents")
            .WithTags("facts")
            .Produces<FactsTaken>(202)
            .Produces<Problem>(404, "application/problem+json")
            .Produces<Problem>(413, "application/problem+json")
            .Produces<Problem>(422, "application/problem+json");
        return routes;
    }

    public static MessagingBuilder StudyRefundsMessages(this MessagingBuilder m, Settings settings) =>
        m.Consume<StudyIntake>(StudyIntake.Group, Topics.StudyCompleted);
}
