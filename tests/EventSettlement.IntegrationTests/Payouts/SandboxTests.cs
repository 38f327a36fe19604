using System.Diagnostics;
using EventSettlement.IntegrationTests.EventLog.World;
using EventSettlement.Payouts.Calls;
using EventSettlement.Sandbox;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>Our client against our sandbox, over HTTP.</summary>
public sealed class SandboxTests : IAsyncLifetime
{
    private readonly string _journal = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private Microsoft.AspNetCore.Builder.WebApplication _app = null!;
    private Downstream _members = null!;
    private string _url = "";

    public async Task InitializeAsync()
    {
        _app = await SandboxApp.Start(new SandboxOptions("http://127.0.0.1:0", _journal, new Faults()));
        _url = _app.Urls.First();
        _members = new Downstream("member", new MemberServiceClient(_url, null, TimeSpan.FromSeconds(2)), 500, 4);
    }

    public async Task DisposeAsync()
    {
        _members.Dispose();
        await _app.DisposeAsync();
        File.Delete(_journal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_sandbox_says_where_it_listens_and_ends_when_it_is_told_to(string signal)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "settle.dll");
        var start = new ProcessStartInfo("dotnet", [program, "sandbox", "--port", "0", "--journal", _journal + "2"])
        {
            RedirectStandardOutput = true,
        };
        using var sandbox = Process.Start(start)!;
        var said = await sandbox.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await Signals.Send(signal, sandbox.Id);
        await sandbox.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        File.Delete(_journal + "2");

        Assert.Matches(@"listens on http://127\.0\.0\.1:[1-9]\d+; every credit is in .*2\.", said);
        Assert.Equal(0, sandbox.ExitCode);
    }

    [Fact]
    public async Task Credits_are_told_by_key_and_by_lookup()
    {
        var items = Items(3, "M-1");
        await Round().Pay(items, CancellationToken.None);
        Assert.All(items, i => Assert.Equal("PAID", i.Outcome.State));
        var asked = Items(3, "M-1", items[0].SettlementId);
        await Round().LookUp(asked, CancellationToken.None);
        Assert.Equal(items.Select(i => i.Outcome.TransactionId), asked.Select(i => i.Outcome.TransactionId));
    }

    [Theory]
    [InlineData("{\"dropAnswer\":1}", "IN_DOUBT")]
    [InlineData("{\"mute\":1}", null)]
    [InlineData("{\"muteMs\":60000}", "IN_DOUBT")]
    [InlineData("{\"wrongAmount\":1,\"shuffle\":1}", "IN_DOUBT")]
    [InlineData("{\"twice\":1}", "IN_DOUBT")]
    [InlineData("{\"leaveOut\":1,\"add\":1}", "IN_DOUBT")]
    [InlineData("{\"reject\":1}", "REJECTED")]
    [InlineData("{\"fail\":1}", "FAILED")]
    [InlineData("{\"refuse\":1,\"status\":503,\"retryAfterSeconds\":60}", "FAILED")]
    public async Task Switches_change_what_becomes_of_an_item(string faults, string? state)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsync(_url + "/sandbox/faults", new StringContent(faults));
        Assert.Equal(state is null ? 400 : 204, (int)answer.StatusCode);
        var items = Items(1, "M-1");
        await Round().Pay(items, CancellationToken.None);
        Assert.Equal(state ?? "PAID", items[0].Outcome.State);
    }

    [Fact]
    public async Task The_dropped_answer_of_a_magic_member_is_a_doubt_that_a_lookup_ends()
    {
        var items = Items(2, "M-DROP-1");
        await Round().Pay(items, CancellationToken.None);
        Assert.All(items, i => Assert.Equal("answer_missing", i.Outcome.Code));
        var asked = Items(2, "M-DROP-1", items[0].SettlementId);
        await Round().LookUp(asked, CancellationToken.None);
        Assert.All(asked, i => Assert.Equal("PAID", i.Outcome.State));
    }

    [Fact]
    public async Task Nothing_leaves_on_a_claim_that_is_too_old()
    {
        var items = Items(3, "M-1");
        var old = new Round(
            _members,
            BootClock.Now - TimeSpan.FromSeconds(60),
            TimeSpan.FromSeconds(60),
            TimeSpan.FromMinutes(10)
        );
        await old.Pay(items, CancellationToken.None);
        Assert.True(old.Late);
        Assert.All(items, i => Assert.Null(i.Outcome.State));
        var asked = Items(3, "M-1", items[0].SettlementId);
        await Round().LookUp(asked, CancellationToken.None);
        Assert.All(asked, i => Assert.Equal((true, null), (i.LookedUp, i.Outcome.State)));
    }

    private static PayoutItem[] Items(int count, string member, Guid? settlement = null)
    {
        var id = settlement ?? Guid.CreateVersion7();
        return Enumerable
            .Range(1, count)
            .Select(n => new PayoutItem
            {
                SettlementId = id,
                No = n,
                MemberId = member,
                Amount = 1000,
                Currency = "KRW",
                Reason = "study-refund",
            })
            .ToArray();
    }

    private Round Round() => new(_members, BootClock.Now, TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10));
}
