using EventSettlement.Facts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using EventSettlement.StudyRefunds.Facts;

namespace EventSettlement.StudyRefunds;

/// <summary>Study deposit refunds: completed studies in, refunds out.</summary>
public static class StudyRefundsSlice
{
    public const string Topic = "study-completed";

    public static readonly ProgrammeSlice Slice = new(StudyRefund.Terms)
    {
        Add = server =>
        {
            server.Services.AddSingleton<IProgramme, StudyRefund>();
            server.Services.AddSingleton(new FactTopic(Topic, Check, FactTopic.SchemaOf(Topic)));
        },
        Messages = (messaging, _) => messaging.SharedTopic(Topic).Consume<StudyIntake>(StudyIntake.Group, Topic),
        Groups = _ => [(Roles.Intake, StudyIntake.Group)],
    };

    private static FactCheck Check(byte[] body, DateTime now)
    {
        var decoded = StudyFactDecoder.Decode(body, now);
        return new FactCheck(decoded.Fact?.StudyId, decoded.Problems);
    }
}
