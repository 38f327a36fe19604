using System.Collections.Concurrent;

namespace EventSettlement.Sandbox;

/// <summary>
/// The member service's books: one credit a key for ever. Two requests with one key at once give one credit,
/// and neither is answered before it is on the disk.
/// </summary>
internal sealed class PointBook(string journalPath) : IAsyncDisposable
{
    private const int MostNames = 100_000;
    private readonly Dictionary<string, Credit> _credits = new(StringComparer.Ordinal);

    // A million credits of a few thousand members: each name is held once.
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly MagicMembers _magic = new();
    private Journal _journal = null!;
    private long _last;

    public int Count
    {
        get
        {
            lock (_lock)
                return _credits.Count;
        }
    }

    public void Open() =>
        _journal = Journal.Open(
            journalPath,
            (key, credit) =>
            {
                _credits[key] = credit with { MemberId = Name(credit.MemberId), Currency = Name(credit.Currency) };
                _last = Math.Max(_last, credit.Number);
            }
        );

    /// <summary>Judges all items of a call and answers when their credits are safe.</summary>
    public async Task<List<CreditResult>> Credit(IReadOnlyList<CreditRequest> asked, ItemFaults faults)
    {
        var results = new List<CreditResult>(asked.Count);
        Task safe;
        lock (_lock)
        {
            foreach (var one in asked)
                results.Add(Judge(one, faults));
            safe = _journal.Flushed();
        }

        _journal.Flush();
        await safe;
        return results;
    }

    public async Task<List<CreditResult>> Lookup(IReadOnlyList<string> keys)
    {
        var results = new List<CreditResult>(keys.Count);
        Task safe;
        lock (_lock)
        {
            foreach (var key in keys)
                results.Add(
                    _credits.TryGetValue(key, out var credit) ? Done(key, credit) : new(key, CreditResult.Unknown)
                );
            safe = _journal.Flushed();
        }

        _journal.Flush();
        await safe;
        return results;
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private static CreditResult Done(string key, Credit credit) =>
        new(key, CreditResult.Credited, credit.TransactionId, Amount: credit.Amount, Currency: credit.Currency);

    private string Name(string told)
    {
        if (_names.TryGetValue(told, out var known))
            return known;
        if (_names.Count < MostNames)
            _names.Add(told);
        return told;
    }

    private CreditResult Judge(CreditRequest one, ItemFaults faults)
    {
        if (_credits.TryGetValue(one.Key, out var credit))
            return credit.MemberId == one.MemberId && credit.Amount == one.Amount && credit.Currency == one.Currency
                ? Done(one.Key, credit)
                : new(one.Key, CreditResult.Rejected, Code: "key_reused", Message: "The key stands for another credit");
        if ((_magic.Refusal(one) ?? faults.Refusal(one)) is { } refusal)
            return refusal;
        credit = new Credit(Name(one.MemberId), one.Amount, Name(one.Currency), ++_last);
        _credits.Add(one.Key, credit);
        _ = _journal.Append(one.Key, credit, one.Reference);
        return Done(one.Key, credit);
    }
}
