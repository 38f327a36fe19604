using EventSettlement.Messaging.Sagas;
using EventSettlement.Platform;
using Npgsql;

namespace EventSettlement.Settlements.Saga;

/// <summary>
/// Answers commands, once. A command that came without a row gets one, so that its repetition is recognised as well.
/// </summary>
public sealed class CommandAnswerTable : ISideTable<CommandAnswer>
{
    private const string AnswerCommands = """
        INSERT INTO command AS c
               (command_id, settlement_id, verb, arguments, actor, created_at, answered_at, outcome, code, reason)
        SELECT command_id, settlement_id, verb, '{}', actor, at, at,
               CASE WHEN code IS NULL THEN 'DONE' ELSE 'REFUSED' END, code, reason
        FROM unnest($1, $2, $3, $4, $5, $6, $7) AS u (command_id, settlement_id, verb, actor, code, reason, at)
        ORDER BY command_id
        ON CONFLICT (command_id) DO UPDATE
        SET answered_at = excluded.answered_at, outcome = excluded.outcome, code = excluded.code,
            reason = excluded.reason
        WHERE c.answered_at IS NULL
        """;

    public NpgsqlBatchCommand Write(IReadOnlyList<CommandAnswer> rows)
    {
        // One statement may touch a row only once: of two answers in one flush (a refusal repeated) the first counts.
        var answers = rows.DistinctBy(r => r.CommandId).ToList();
        return new NpgsqlBatchCommand(AnswerCommands)
            .Uuids(answers, r => r.CommandId)
            .Uuids(answers, r => r.SettlementId)
            .Texts(answers, r => r.Verb)
            .Texts(answers, r => r.Actor)
            .Texts(answers, r => r.Code)
            .Texts(answers, r => r.Reason)
            .Times(answers, r => r.At);
    }
}
