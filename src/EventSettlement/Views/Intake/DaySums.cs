using EventSettlement.Views.Statistics;

namespace EventSettlement.Views.Intake;

/// <summary>Sums of a batch by an id's number and a day.</summary>
internal sealed class DaySums
{
    private readonly List<DaySum> _sums = [];
    private int[] _first = [];

    public IReadOnlyList<DaySum> All => _sums;

    /// <param name="ids">Numbers are below it.</param>
    public void Begin(int ids)
    {
        if (_first.Length < ids)
            _first = new int[Math.Max(ids, _first.Length * 2)];
        Array.Fill(_first, -1, 0, ids);
        _sums.Clear();
    }

    public void Add(int id, int day, ViewSum view)
    {
        var at = _first[id];
        while (at >= 0 && _sums[at].Day != day)
            at = _sums[at].Next;
        if (at < 0)
        {
            at = _sums.Count;
            _sums.Add(new DaySum(id, day, _first[id]));
            _first[id] = at;
        }

        _sums[at].Sum += view;
    }
}

/// <summary>Of one id and day.</summary>
/// <param name="Next">Place of another day of the same id; -1 = there is none.</param>
internal sealed record DaySum(int Id, int Day, int Next)
{
    public ViewSum Sum { get; set; }
}
