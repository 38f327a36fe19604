using EventSettlement.Facts;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>
/// Bytes to a completed study, or to the rules they break. Pure: the same bytes at the same time, the same outcome.
/// </summary>
public static class StudyFactDecoder
{
    public const int MaxParticipants = 10_000;
    public const int MaxAbsences = 10_000;

    private const string ParticipantsRule = "participants is an array of 1 to 10,000 objects";

    /// <param name="body">Null is a tombstone.</param>
    /// <param name="now">UTC; facts from the future are refused after one day.</param>
    public static DecodedStudy Decode(byte[]? body, DateTime now)
    {
        var fields = new StudyFields();
        var problems = FactBody.Read(
            body,
            fields,
            ReadField,
            "studyId",
            "completedAt",
            "currency",
            "depositPerMember",
            "penaltyPerAbsence",
            "participants"
        );
        if (!problems.IsUnread)
            JudgeTogether(fields, now, problems);
        return problems.None ? new DecodedStudy(Fact(fields), []) : new DecodedStudy(null, problems.Found);
    }

    private static void ReadField(ref FactReader json, string name, StudyFields fields)
    {
        switch (name)
        {
            case "studyId":
                fields.StudyId = json.Id("/studyId");
                break;
            case "completedAt":
                fields.CompletedAt = json.Instant("/completedAt");
                break;
            case "currency":
                fields.Currency = json.Currency("/currency");
                break;
            case "depositPerMember":
                fields.Deposit = json.Integer("/depositPerMember", FactBody.MaxInteger);
                break;
            case "penaltyPerAbsence":
                fields.Penalty = json.Integer("/penaltyPerAbsence", FactBody.MaxInteger);
                break;
            case "participants":
                fields.ParticipantsSeen = json.Array(
                    "/participants",
                    ParticipantsRule,
                    MaxParticipants,
                    fields,
                    ReadParticipant
                );
                break;
            default:
                json.Unknown("", name);
                break;
        }
    }

    private static void ReadParticipant(ref FactReader json, int place, StudyFields fields)
    {
        (fields.Member, fields.Absences) = (null, null);
        var pointer = "/participants/" + place;
        json.Object(
            pointer,
            "a participant is an object",
            (fields, pointer),
            ReadOfParticipant,
            "memberId",
            "absences"
        );
        if (fields is { Member: { } member, Absences: { } absences })
            fields.Participants.Add((member, (int)absences, place));
    }

    private static void ReadOfParticipant(
        ref FactReader json,
        string name,
        (StudyFields Fields, string Pointer) participant
    )
    {
        var (fields, pointer) = participant;
        if (name == "memberId")
            fields.Member = json.Id(pointer + "/memberId");
        else if (name == "absences")
            fields.Absences = json.Integer(pointer + "/absences", MaxAbsences);
        else
            json.Unknown(pointer, name);
    }

    /// <summary>Rules over several fields at once.</summary>
    private static void JudgeTogether(StudyFields fields, DateTime now, FactProblems problems)
    {
        if (fields.CompletedAt is { } at && (at < FactBody.Earliest || at > now.AddDays(1)))
            problems.Add(FactCodes.OutOfRange, "/completedAt", "from 2000-01-01 to one day from now");
        if (fields.Deposit is { } each && (Int128)each * fields.ParticipantsSeen > FactBody.MaxInteger)
            problems.Add(
                FactCodes.OutOfRange,
                "/depositPerMember",
                "participants times deposit is at most 9007199254740991"
            );
        var seen = new HashSet<string>(fields.Participants.Count, StringComparer.Ordinal);
        foreach (var (member, _, place) in fields.Participants)
            if (!seen.Add(member))
                problems.Add(
                    FactCodes.DuplicateMember,
                    $"/participants/{place}/memberId",
                    "a member stands once in a study"
                );
    }

    private static StudyFact Fact(StudyFields fields)
    {
        var sorted = fields.Participants;
        sorted.Sort((a, b) => string.CompareOrdinal(a.Member, b.Member));
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
        return fact with { Digest = StudyDigest.Of(fact) };
    }
}
