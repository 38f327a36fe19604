namespace EventSettlement.StudyRefunds.Facts;

/// <summary>Rules over several fields at once.</summary>
internal static class FactRules
{
    public static DecodedFact Judge(FactFields fields, DateTime now)
    {
        if (fields.CompletedAt is { } at && (at < StudyFactDecoder.Earliest || at > now.AddDays(1)))
            fields.Break(FactCodes.OutOfRange, "/completedAt", "from 2000-01-01 to one day from now");
        if (fields.Deposit is { } each && (Int128)each * fields.ParticipantsSeen > StudyFactDecoder.MaxAmount)
            fields.Break(
                FactCodes.OutOfRange,
                "/depositPerMember",
                "participants times deposit is at most 9007199254740991"
            );
        fields.Participants.Sort((a, b) => string.CompareOrdinal(a.Member, b.Member));
        for (var i = 1; i < fields.Participants.Count; i++)
            if (fields.Participants[i].Member == fields.Participants[i - 1].Member)
            {
                var later = Math.Max(fields.Participants[i].Place, fields.Participants[i - 1].Place);
                fields.Break(
                    FactCodes.DuplicateMember,
                    $"/participants/{later}/memberId",
                    "a member stands once in a study"
                );
            }

        return fields.Problems.Count > 0 ? new DecodedFact(null, fields.Problems) : new DecodedFact(Fact(fields), []);
    }

    private static StudyFact Fact(FactFields fields)
    {
        var sorted = fields.Participants;
        var fact = new StudyFact(
            fields.StudyId!,
            fields.CompletedAt!.Value,
            fields.Currency!,
            fields.Deposit!.Value,
            fields.Penalty!.Value,
            [.. sorted.Select(p => p.Member)],
            [.. sorted.Select(p => p.Absences)],
            [.. sorted.Select(p => p.Place)],
            []
        );
        return fact with { Digest = FactDigest.Of(fact) };
    }
}
