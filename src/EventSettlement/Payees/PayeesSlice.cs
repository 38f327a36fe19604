using EventSettlement.Platform;

namespace EventSettlement.Payees;

/// <summary>Tax profiles of payees, and what is withheld from what they are paid.</summary>
public static class PayeesSlice
{
    public static readonly Slice Slice = new("payees")
    {
        Add = server => server.Services.AddSingleton<TaxProfiles>().AddSingleton<TaxReads>(),
        Map = TaxRoutes.Map,
        Verbs = () => [TaxVerbs.Command()],
    };
}
