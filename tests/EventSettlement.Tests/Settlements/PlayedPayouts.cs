using EventSettlement.Contracts;

namespace EventSettlement.Tests.Settlements;

/// <summary>
/// Payouts as the saga sees it, with a memory of every message, so that each can come late and again.
/// </summary>
internal sealed class PlayedPayouts(Guid id, Random random)
{
    private readonly char[][] _items =
    [
        ['n', 'n'],
        ['n', 'n'],
    ];
    private readonly int[] _revisions = [0, 0];
    private readonly List<object> _mail = [];
    private readonly List<object> _seen = [];
    private int _paid;
    private int _cancelled;

    public Random Random { get; } = random;

    public PartCounts[] Counts => [CountsOf(0), CountsOf(1)];

    /// <summary>Handles what the saga has sent since the last call; the answers wait to be delivered.</summary>
    public void Serve(IReadOnlyList<PayPart> asked, IReadOnlyList<CancelItems> cancels)
    {
        for (; _paid < asked.Count; _paid++)
        {
            var ask = asked[_paid];
            Change(
                ask.Part,
                item =>
                    item is 'n' or 'f' or 'd' || (item == 'r' && ask.IncludeRejected) ? "ppffdr"[Random.Next(6)] : item
            );
            _mail.Add(new PartAnswered(id, ask.Part, ask.Attempt, _revisions[ask.Part], CountsOf(ask.Part)));
        }

        for (; _cancelled < cancels.Count; _cancelled++)
            _mail.Add(Cancel(cancels[_cancelled]));
    }

    public (object Message, bool Repeated) Next(string state)
    {
        var dice = Random.Next(10);
        if (dice < 2 && _seen.Count > 0)
            return (_seen[Random.Next(_seen.Count)], true);
        object message;
        if (dice < 7 && _mail.Count > 0)
        {
            message = _mail[Random.Next(_mail.Count)];
            _mail.Remove(message);
        }
        else
            message = dice < 8 && state == "FAILED" ? Correct() : Command();
        _seen.Add(message);
        return (message, false);
    }

    private object Command() =>
        Random.Next(6) switch
        {
            0 => new RetrySettlement(id, Guid.NewGuid(), "kim"),
            1 => new RetrySettlement(id, Guid.NewGuid(), "kim", IncludeRejected: true),
            2 => new CancelSettlement(id, Guid.NewGuid(), "kim", "because"),
            3 => new HoldSettlement(id, Guid.NewGuid(), "kim"),
            _ => new ReleaseSettlement(id, Guid.NewGuid(), "kim"),
        };

    private PartCorrected Correct()
    {
        var part = Random.Next(2);
        Change(part, item => item is 'd' or 'r' ? "pfw"[Random.Next(3)] : item);
        return new PartCorrected(id, part, _revisions[part], CountsOf(part), "doubt-resolved", "resolver");
    }

    private CancelItemsAnswered Cancel(CancelItems ask)
    {
        if (_items.Any(part => part.Any(item => item is 'p' or 'd' or 'w')))
            return new CancelItemsAnswered(id, ask.CommandId, false, "already_paid", "an item is paid", null, []);
        Change(0, _ => 'c');
        Change(1, _ => 'c');
        return new CancelItemsAnswered(
            id,
            ask.CommandId,
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

    private PartCounts CountsOf(int part)
    {
        int Of(char state) => _items[part].Count(item => item == state);
        return Messages.Counts(Of('n'), Of('p'), Of('f'), Of('r'), Of('d'), Of('w'), 0, Of('c'));
    }
}
