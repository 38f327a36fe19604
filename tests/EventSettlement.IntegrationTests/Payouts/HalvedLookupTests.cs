using EventSettlement.Contracts;

namespace EventSettlement.IntegrationTests.Payouts;

/// <summary>Items in doubt at a service that refuses some lookups.</summary>
public sealed class HalvedLookupTests : PayoutWorld
{
    [Fact]
    public async Task A_service_that_takes_fewer_keys_in_a_lookup_than_in_a_payment_is_asked_by_halves()
    {
        var id = await InDoubt(20);
        Refuse(413, keys => keys.Length > 6);
        Assert.Equal(20, Answer(await Pay(id, attempt: 2)).Counts.Paid);
        Assert.Single(Stub.Calls);
        Assert.Equal(20_000, await Balance(id, "clearing-member"));
    }

    [Fact]
    public async Task The_one_item_that_no_lookup_may_name_stays_in_doubt_alone()
    {
        var id = await InDoubt(20);
        Refuse(422, keys => keys.Contains(SettlementId.ItemKey(id, 7)));
        var counts = Answer(await Pay(id, attempt: 2)).Counts;
        Assert.Equal((19, 1), (counts.Paid, counts.InDoubt));
        Assert.Equal("lookup_http_422", await Scalar<string>("SELECT error_code FROM settlement_item WHERE no = 7"));
    }

    [Fact]
    public async Task A_service_that_refuses_every_lookup_is_not_asked_for_each_item()
    {
        var id = await InDoubt(400);
        Refuse(400, _ => true);
        Assert.Equal(400, Answer(await Pay(id, attempt: 2)).Counts.InDoubt);
        Assert.InRange(Stub.Lookups.Count, 2, 40);
        Assert.Single(Stub.Calls);
    }

    private async Task<Guid> InDoubt(int items)
    {
        var id = await Plan(items);
        Stub.Spoil = _ => null;
        Assert.Equal(items, Answer(await Pay(id)).Counts.InDoubt);
        Stub.Spoil = results => results;
        return id;
    }

    private void Refuse(int status, Func<string[], bool> which) =>
        Stub.BeforeLookup = http =>
        {
            var refused = which(Stub.Lookups[^1]);
            if (refused)
                http.Response.StatusCode = status;
            return Task.FromResult(refused);
        };
}
