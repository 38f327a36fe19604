using EventSettlement.Facts;
using EventSettlement.Platform;
using EventSettlement.Programmes;
using Microsoft.Extensions.DependencyInjection;

namespace EventSettlement.IntegrationTests.BadgeBonus;

/// <summary>All that the product needs to know of a programme.</summary>
internal static class BadgeBonusSlice
{
    public static readonly ProgrammeSlice Slice = new(BadgeBonusProgramme.Terms)
    {
        Add = server =>
        {
            server.Services.AddSingleton<IProgramme, BadgeBonusProgramme>();
            server.Services.AddSingleton(new FactTopic(BadgeBonusProgramme.Topic, Check));
        },
        Messages = (messaging, _) =>
            messaging
                .SharedTopic(BadgeBonusProgramme.Topic)
                .Consume<BadgeIntake>(BadgeIntake.Group, BadgeBonusProgramme.Topic),
        Groups = _ => [(Roles.Intake, BadgeIntake.Group)],
    };

    private static FactCheck Check(byte[] body, DateTime now)
    {
        var badge = new Badge();
        var problems = BadgeIntake.Read(body, badge);
        return new FactCheck(badge.BadgeId, problems.Found);
    }
}
