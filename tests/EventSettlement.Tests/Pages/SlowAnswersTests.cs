using EventSettlement.Pages;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace EventSettlement.Tests.Pages;

public sealed class SlowAnswersTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<string>> _reads = [];
    private readonly SlowAnswers<string, string> _answers;

    public SlowAnswersTests() => _answers = new(Read, _clock);

    [Fact]
    public async Task What_is_known_by_then_is_shown_and_the_rest_comes_to_whoever_asks_next()
    {
        var first = _answers.Ask("sum", default);
        _clock.Advance(TimeSpan.FromMilliseconds(151));
        Assert.Null((await first).Answer);
        var second = _answers.Ask("sum", default);
        Assert.Single(_reads);
        _reads[0].SetResult("42");
        Assert.Equal("42", (await second).Answer);
    }

    [Fact]
    public async Task What_took_long_is_asked_again_only_after_twenty_times_as_long()
    {
        var first = _answers.Ask("sum", default);
        _clock.Advance(TimeSpan.FromSeconds(3));
        await first;
        _reads[0].SetResult("42");
        await _answers.Ask("sum", default);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("42", (await _answers.Ask("sum", default)).Answer);
        Assert.Single(_reads);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var later = _answers.Ask("sum", default);
        Assert.Equal(2, _reads.Count);
        _reads[1].SetResult("43");
        Assert.Equal("43", (await later).Answer);
    }

    [Fact]
    public async Task A_read_that_fails_says_so_and_keeps_what_was_known()
    {
        var first = _answers.Ask("sum", default);
        _reads[0].SetResult("42");
        await first;
        _clock.Advance(TimeSpan.FromSeconds(3));
        var second = _answers.Ask("sum", default);
        _reads[1].SetException(new NpgsqlException("", new TimeoutException()));
        var known = await second;
        Assert.Equal("42", known.Answer);
        Assert.StartsWith("This is more than can be added up for a page", known.Trouble, StringComparison.Ordinal);
    }

    private Task<string> Read(string question, CancellationToken cancel)
    {
        _reads.Add(new TaskCompletionSource<string>());
        return _reads[^1].Task;
    }
}
