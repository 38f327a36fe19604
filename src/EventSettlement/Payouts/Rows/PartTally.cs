using EventSettlement.Contracts;

namespace EventSettlement.Payouts.Rows;

/// <summary>Adds up where the items of a part stand.</summary>
internal sealed class PartTally
{
    private int _pending,
        _paid,
        _failed,
        _rejected,
        _inDoubt,
        _writtenOff,
        _needsPerson,
        _cancelled;
    private long _amount,
        _paidAmount;

    public int Items { get; private set; }

    public void Add(string state, bool needsPerson, int items, long amount)
    {
        Items += items;
        _amount += amount;
        switch (state)
        {
            case ItemStates.Paid:
                _paid += items;
                _paidAmount += amount;
                break;
            case ItemStates.Failed:
                _failed += items;
                break;
            case ItemStates.Rejected:
                _rejected += items;
                break;
            case ItemStates.InDoubt when needsPerson:
                _needsPerson += items;
                break;
            case ItemStates.InDoubt:
                _inDoubt += items;
                break;
            case ItemStates.WrittenOff:
                _writtenOff += items;
                break;
            case ItemStates.Cancelled:
                _cancelled += items;
                break;
            default:
                _pending += items;
                break;
        }
    }

    public PartTally Copy() => (PartTally)MemberwiseClone();

    public PartCounts Counts() =>
        new(_pending, _paid, _failed, _rejected, _inDoubt, _writtenOff, _needsPerson, _cancelled, _amount, _paidAmount);
}
