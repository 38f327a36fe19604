using EventSettlement.Api;
using EventSettlement.IntegrationTests.Fixtures;
using EventSettlement.Payouts;
using EventSettlement.Platform;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>A call is under way, its settlement has failed, and the database's clock does not keep its pace.</summary>
public sealed class ForwardClockTests : PayoutWorld
{
    private TimeSpan _ahead;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_put_forward_ends_no_doubt_that_the_resolver_asks_for(bool seen)
    {
        var id = await Doubtful();
        await PutForward(TimeSpan.FromHours(1), seen);
        await Ask();
        Assert.Equal("IN_DOUBT 1", await States(id));
        Assert.Equal(1, await Doubts());
        Assert.Empty(Outgoing.Written);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_put_forward_ends_no_doubt_of_an_item_that_is_sent_again(bool seen)
    {
        var id = await Doubtful();
        await PutForward(TimeSpan.FromHours(1), seen);
        Stub.Before = (_, _) => Task.FromResult(false);
        Stub.Judge = _ => "REJECTED";
        Assert.Equal(1, Answer(await Pay(id, attempt: 2)).Counts.Rejected);
        Assert.Single(Stub.Lookups);
        Assert.Equal(1, await Doubts());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_put_forward_lets_no_persons_case_be_written_off(bool seen)
    {
        var id = await Doubtful();
        await Execute("UPDATE settlement_item SET needs_person = true");
        await PutForward(TimeSpan.FromHours(1), seen);
        var refused = await Resolution.WriteOff(id, 1, "gone", "ann");
        Assert.Equal("in_doubt", refused.Code);
        Assert.InRange(
            refused.AskAgainAt!.Value - await Scalar<DateTime>("SELECT clock()"),
            TimeSpan.FromMinutes(9),
            QuietPeriod
        );
    }

    [Fact]
    public async Task A_quiet_period_begins_anew_after_a_time_that_nobody_watched_and_ends_when_it_was_watched()
    {
        var id = await Doubtful();
        await PutForward(TimeSpan.FromHours(1), seen: true);
        for (var passed = 0; passed < 29; passed++)
            await PutForward(TimeSpan.FromSeconds(20), seen: true);
        await Ask();
        Assert.Equal("IN_DOUBT 1", await States(id));
        await PutForward(TimeSpan.FromSeconds(20), seen: true);
        await StopTests.Until(async () =>
        {
            await Ask();
            return await States(id) == "FAILED 1";
        });
        Assert.Equal(0, await Doubts());
    }

    [Fact]
    public async Task A_payout_server_watches_by_itself()
    {
        await using var test = await TestDatabase.Create();
        var settings = Server
            .Catalogue.Defaults.With(PlatformSettings.Main, test.ConnectionString)
            .With(PayoutSettings.BaseUrl, "member", Stub.Url)
            .With(ApiSettings.Urls, "http://127.0.0.1:0");
        await using var server = Server.Build(settings, ["payout"], Server.Slices);
        await server.StartAsync();
        await using var database = new Database(test.ConnectionString);
        var looks = new HashSet<DateTime>();
        await StopTests.Until(async () =>
        {
            await using var command = database.Reads.CreateCommand("SELECT seen_at FROM clock_watch");
            return looks.Add((DateTime)(await command.ExecuteScalarAsync())!) && looks.Count == 3;
        });
        await server.StopAsync();
    }

    [Fact]
    public async Task Watchers_of_several_processes_agree_and_a_clock_put_back_begins_anew_too()
    {
        var since = await Scalar<DateTime>("SELECT steady_since FROM clock_watch");
        var others = Enumerable
            .Range(0, 4)
            .Select(_ => new ClockWatch(Database, NullLogger<ClockWatch>.Instance))
            .ToArray();
        for (var passed = 0; passed < 3; passed++)
        {
            await PutForward(TimeSpan.FromSeconds(20), seen: false);
            await Task.WhenAll(others.Select(o => o.Look(CancellationToken.None)));
        }

        Assert.Equal(since, await Scalar<DateTime>("SELECT steady_since FROM clock_watch"));
        await PutForward(TimeSpan.FromHours(-2), seen: false);
        await Task.WhenAll(others.Select(o => o.Look(CancellationToken.None)));
        Assert.InRange(
            since - await Scalar<DateTime>("SELECT steady_since FROM clock_watch"),
            TimeSpan.FromMinutes(115),
            TimeSpan.FromHours(2)
        );
        foreach (var other in others)
            other.Dispose();
    }

    /// <summary>Its only item was sent, not credited, and never answered.</summary>
    private async Task<Guid> Doubtful()
    {
        var id = await Plan(1);
        Stub.Before = (http, _) =>
        {
            http.Abort();
            return Task.FromResult(true);
        };
        await Pay(id);
        await Saga(id, "FAILED");
        return id;
    }

    private async Task PutForward(TimeSpan by, bool seen)
    {
        _ahead += by;
        await Execute(
            $"""
            CREATE OR REPLACE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE
            AS 'SELECT clock_timestamp() + interval ''{_ahead.TotalSeconds:F0} s'''
            """
        );
        if (seen)
            await Clock.Look(CancellationToken.None);
    }

    private async Task Ask()
    {
        var asked = Stub.Lookups.Count;
        await StopTests.Until(async () =>
        {
            await Resolver.Step(CancellationToken.None);
            return Stub.Lookups.Count > asked;
        });
    }

    private Task<long> Doubts() => Scalar<long>("SELECT count(*) FROM settlement_item WHERE doubt_at IS NOT NULL");
}
