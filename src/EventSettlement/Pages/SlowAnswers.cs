using EventSettlement.Platform;

namespace EventSettlement.Pages;

/// <summary>What is known of a question whose answer may take seconds.</summary>
/// <param name="Answer">Null = there is none yet.</param>
/// <param name="At">When it was asked for, UTC.</param>
/// <param name="Trouble">Why the last try brought none; null = it did, or is under way.</param>
public sealed record Known<T>(T? Answer, DateTimeOffset At, string? Trouble)
    where T : class;

/// <summary>
/// Answers of reads that may take longer than a page: they are waited for a moment, and what is known by then is shown.
/// However many look, a question is asked once at a time, and no more than a twentieth of the time is spent on it.
/// </summary>
public sealed class SlowAnswers<TQuestion, TAnswer>(
    Func<TQuestion, CancellationToken, Task<TAnswer>> read,
    TimeProvider clock
)
    where TQuestion : notnull
    where TAnswer : class
{
    private const int MostKept = 100;
    private const int RestByCost = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<TQuestion, Asked> _asked = [];
    private readonly SemaphoreSlim _places = new(2);

    public async Task<Known<TAnswer>> Ask(TQuestion question, CancellationToken cancel)
    {
        Asked asked;
        lock (_lock)
        {
            asked = Find(question);
            asked.UsedAt = clock.GetTimestamp();
            if (asked.Reading is not { IsCompleted: false } && IsDue(asked))
                asked.Reading = Read(question, asked);
        }

        try
        {
            if (asked.Reading is { } reading)
                await reading.WaitAsync(Patience, clock, cancel);
        }
        catch (TimeoutException) when (asked.Reading is { IsCompleted: false })
        {
            // It goes on, and whoever asks next has it.
        }

        return new Known<TAnswer>(asked.Answer, asked.AnswerAt, asked.Trouble);
    }

    private bool IsDue(Asked asked)
    {
        var rest = asked.Took * RestByCost;
        return asked.EndedAt == 0 || clock.GetElapsedTime(asked.EndedAt) > (rest > LeastRest ? rest : LeastRest);
    }

    private Asked Find(TQuestion question)
    {
        if (_asked.TryGetValue(question, out var asked))
            return asked;
        while (_asked.Count >= MostKept)
        {
            var idle = _asked.Where(a => a.Value.Reading is not { IsCompleted: false }).ToList();
            if (idle.Count == 0)
                throw new ProblemException(
                    503,
                    "too_many_sums",
                    "too many sums are being added up at the moment",
                    "try again in a minute",
                    retryable: true
                );
            _asked.Remove(idle.MinBy(a => a.Value.UsedAt).Key);
        }

        return _asked[question] = new Asked();
    }

    private async Task Read(TQuestion question, Asked asked)
    {
        await _places.WaitAsync();
        var (from, at) = (clock.GetTimestamp(), clock.GetUtcNow());
        try
        {
            // It is nobody's: whoever asked first may have left.
            asked.Answer = await read(question, CancellationToken.None);
            (asked.AnswerAt, asked.Trouble) = (at, null);
        }
        catch (Exception error) when (DatabaseTrouble.Is(error))
        {
            asked.Trouble =
                error is TimeoutException || error.InnerException is TimeoutException
                    ? "This is more than can be added up for a page: narrow it, or take it from the command line"
                    : "The database did not answer: this comes again by itself";
        }
        finally
        {
            (asked.Took, asked.EndedAt) = (clock.GetElapsedTime(from), clock.GetTimestamp());
            _places.Release();
        }
    }

    private sealed class Asked
    {
        public Task? Reading { get; set; }

        public TAnswer? Answer { get; set; }

        public DateTimeOffset AnswerAt { get; set; }

        public string? Trouble { get; set; }

        public TimeSpan Took { get; set; }

        public long EndedAt { get; set; }

        public long UsedAt { get; set; }
    }
}
