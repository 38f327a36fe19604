using System.Text.Json;

namespace EventSettlement.StudyRefunds.Facts;

/// <summary>
/// Walks the body token by token, because a serializer would decide silently what must be decided here: which of two
/// equal keys counts, whether 3.0 is a number of won, how deep is too deep.
/// </summary>
internal ref struct FactReader(byte[] body)
{
    // The reader may go a little deeper than the rule, so that the rule is told and not a syntax error.
    private FactValues _values = new(
        new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = StudyFactDecoder.MaxDepth + 2 })
    );

    public readonly FactFields Fields => _values.Fields;

    /// <exception cref="JsonException">The body is not one JSON value.</exception>
    public void Read()
    {
        _values.Next();
        if (_values.Token != JsonTokenType.StartObject)
        {
            _values.Skip("");
            Fields.Break(FactCodes.WrongType, "", "a fact is a JSON object");
        }
        else
        {
            ReadStudy();
        }

        _values.End();
    }

    private void ReadStudy()
    {
        var names = new HashSet<string>(8, StringComparer.Ordinal);
        while (_values.NextName("", names) is { } name)
            ReadField(name);
        foreach (
            var required in (ReadOnlySpan<string>)
                ["studyId", "completedAt", "currency", "depositPerMember", "penaltyPerAbsence", "participants"]
        )
            if (!names.Contains(required))
                Fields.Break(FactCodes.Missing, "/" + required, $"{required} is required");
    }

    private void ReadField(string name)
    {
        switch (name)
        {
            case "studyId":
                Fields.StudyId = _values.Id("/studyId");
                break;
            case "completedAt":
                Fields.CompletedAt = _values.Instant("/completedAt");
                break;
            case "currency":
                Fields.Currency = _values.Currency("/currency");
                break;
            case "depositPerMember":
                Fields.Deposit = _values.Integer("/depositPerMember", StudyFactDecoder.MaxAmount);
                break;
            case "penaltyPerAbsence":
                Fields.Penalty = _values.Integer("/penaltyPerAbsence", StudyFactDecoder.MaxAmount);
                break;
            case "participants":
                ReadParticipants();
                break;
            default:
                _values.Skip(FactValues.Pointer("", name));
                break;
        }
    }

    private void ReadParticipants()
    {
        const string rule = "participants is an array of 1 to 10,000 objects";
        if (_values.Token != JsonTokenType.StartArray)
        {
            _values.Skip("/participants");
            Fields.Break(FactCodes.WrongType, "/participants", rule);
            return;
        }

        while (_values.Next() != JsonTokenType.EndArray)
        {
            var place = Fields.ParticipantsSeen++;
            if (place < StudyFactDecoder.MaxParticipants)
                ReadParticipant(place);
            else
                _values.Skip("/participants/" + place);
        }

        if (Fields.ParticipantsSeen is 0 or > StudyFactDecoder.MaxParticipants)
            Fields.Break(FactCodes.OutOfRange, "/participants", rule);
    }

    private void ReadParticipant(int place)
    {
        var pointer = "/participants/" + place;
        if (_values.Token != JsonTokenType.StartObject)
        {
            _values.Skip(pointer);
            Fields.Break(FactCodes.WrongType, pointer, "a participant is an object");
            return;
        }

        string? member = null;
        long? absences = null;
        var names = new HashSet<string>(2, StringComparer.Ordinal);
        while (_values.NextName(pointer, names) is { } name)
        {
            if (name == "memberId")
                member = _values.Id(pointer + "/memberId");
            else if (name == "absences")
                absences = _values.Integer(pointer + "/absences", StudyFactDecoder.MaxAbsences);
            else
                _values.Skip(FactValues.Pointer(pointer, name));
        }

        if (!names.Contains("memberId"))
            Fields.Break(FactCodes.Missing, pointer + "/memberId", "memberId is required");
        if (!names.Contains("absences"))
            Fields.Break(FactCodes.Missing, pointer + "/absences", "absences is required");
        if (member is not null && absences is { } count)
            Fields.Participants.Add((member, (int)count, place));
    }
}
