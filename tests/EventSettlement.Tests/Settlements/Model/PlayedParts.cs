using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements.Model;

/// <summary>
/// Payouts as the saga sees it: two parts of two items, revisions, answers stored by attempt and by command.
/// Items are n(ew) p(aid) f(ailed) r(ejected) in d(oubt) w(ritten off) x (needs a person) c(ancelled).
/// </summary>
internal sealed class PlayedParts(Guid id)
{
    private readonly char[][] _items =
    [
        ['n', 'n'],
        ['n', 'n'],
    ];
    private readonly int[] _revisions = [0, 0];
    private readonly Dictionary<(int Part, int Attempt), PartAnswered> _answers = [];
    private readonly Dictionary<Guid, CancelItemsAnswered> _cancels = [];

    public void Owe(int paid)
    {
        for (var i = 0; i < Math.Min(paid, 4); i++)
            _items[i / 2][i % 2] = 'p';
    }

    public PartCounts CountsOf(int part)
    {
        int Of(char state) => _items[part].Count(item => item == state);
        return Messages.Counts(Of('n'), Of('p'), Of('f'), Of('r'), Of('d'), Of('w'), Of('x'), Of('c'));
    }

    public bool All(string states) => _items.All(part => part.All(states.Contains));

    public object Answer(object asked, int outcomes, DateTimeOffset now) =>
        asked switch
        {
            PayPart pay => Answer(pay, outcomes, now),
            CancelItems cancel => Answer(cancel),
            _ => throw new ArgumentException($"payouts knows no {asked.GetType().Name}"),
        };

    /// <summary>Resolver, write-off or a person; null where nothing can be ended.</summary>
    public PartCorrected? Correct(int part, int outcomes, bool failed)
    {
        var before = new string(_items[part]);
        var how = outcomes;
        Change(
            part,
            item =>
            {
                how /= 4;
                return (item, how % 4) switch
                {
                    ('d', 0 or 1) => 'p',
                    ('d', 2) => 'f',
                    ('x', 0 or 1) => 'p',
                    ('f' or 'r' or 'x', 2) when failed => 'w',
                    _ => item,
                };
            }
        );
        if (before != new string(_items[part]))
            return new PartCorrected(id, part, _revisions[part], CountsOf(part), "doubt-resolved", "resolver");
        _revisions[part]--;
        return null;
    }

    private PartAnswered Answer(PayPart asked, int outcomes, DateTimeOffset now)
    {
        if (_answers.TryGetValue((asked.Part, asked.Attempt), out var stored))
            return stored;
        var how = outcomes / 4;
        Change(
            asked.Part,
            item =>
            {
                if (item is not ('n' or 'f' or 'd') && !(item == 'r' && asked.IncludeRejected))
                    return item;
                (how, var outcome) = (how / 8, "pppffdrx"[how % 8]);
                return outcome;
            }
        );
        DateTimeOffset? notBefore = outcomes % 4 == 0 ? now + TimeSpan.FromMinutes(outcomes % 60) : null;
        return _answers[(asked.Part, asked.Attempt)] = new PartAnswered(
            id,
            asked.Part,
            asked.Attempt,
            _revisions[asked.Part],
            CountsOf(asked.Part),
            notBefore
        );
    }

    private CancelItemsAnswered Answer(CancelItems asked)
    {
        if (_cancels.TryGetValue(asked.CommandId, out var stored))
            return stored;
        if (!All("nfr"))
            return _cancels[asked.CommandId] = new CancelItemsAnswered(
                id,
                asked.CommandId,
                false,
                "already_paid",
                "an item is paid",
                null,
                []
            );
        Change(0, _ => 'c');
        Change(1, _ => 'c');
        return _cancels[asked.CommandId] = new CancelItemsAnswered(
            id,
            asked.CommandId,
            true,
            null,
            null,
            null,
            [new(0, _revisions[0], CountsOf(0)), new(1, _revisions[1], CountsOf(1))]
        );
    }

    private void Change(int part, Func<char, char> to)
    {
        _items[part] = [.. _items[part].Select(to)];
        _revisions[part]++;
    }
}
