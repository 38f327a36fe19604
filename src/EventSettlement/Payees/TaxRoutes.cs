using System.ComponentModel.DataAnnotations;
using EventSettlement.Access;
using EventSettlement.Api;
using EventSettlement.Platform;
using Microsoft.AspNetCore.Http.Features;

namespace EventSettlement.Payees;

/// <param name="From">The first day, in Seoul, such as 2026-11-01.</param>
public sealed record TaxProfileBody(
    string From,
    [property: AllowedValues(TaxKinds.None, TaxKinds.Personal)] string Kind
);

/// <param name="From">The first day, in Seoul, such as 2026-11-01.</param>
public sealed record PayeeTaxBody(
    string PayeeId,
    string From,
    [property: AllowedValues(TaxKinds.None, TaxKinds.Personal)] string Kind
);

/// <param name="Rows">1 to 1,000; all of them are put, or none.</param>
public sealed record PayeeTaxesBody(IReadOnlyList<PayeeTaxBody?> Rows);

/// <summary>What became of the rows of a request.</summary>
/// <param name="Put">Rows that changed something.</param>
/// <param name="Unchanged">Rows that said what is known, or what a later row of the same request put otherwise.</param>
public sealed record PayeeTaxesPut(int Put, int Unchanged);

/// <summary>Tax profiles of payees. What they decide is money, so an operator does not put them.</summary>
internal static class TaxRoutes
{
    public static void Map(IEndpointRouteBuilder v1)
    {
        var payees = v1.MapGroup("/payees").WithTags("payees");
        payees
            .MapGet(
                "/tax",
                (string? payee, int? limit, string? after, TaxReads reads, CancellationToken cancel) =>
                    reads.List(payee, limit, after, cancel)
            )
            .Needs(Role.Viewer)
            .WithName("ListPayeeTaxes")
            .WithSummary("Tax profiles by payee and day, each as it was put");
        payees
            .MapPost("/tax", PutMany)
            .Needs(Role.Approver)
            .WithName("PutPayeeTaxes")
            .WithSummary("Put tax profiles of many payees, all or none");
        payees
            .MapPut("/{id}/tax", PutOne)
            .Needs(Role.Approver)
            .WithName("PutPayeeTax")
            .WithSummary("Put what a payee is for the tax office from a day on");
    }

    private static async Task<PayeeTaxRow> PutOne(
        string id,
        TaxProfileBody body,
        TaxProfiles profiles,
        TaxReads reads,
        HttpContext http
    )
    {
        var errors = new List<FieldError>();
        // The server leaves it encoded in an address, so it would be another payee's id.
        if (id.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            errors.Add(new FieldError("/id", "has no slash: put such a payee with POST /v1/payees/tax"));
        var profile = TaxRules.Read(
            id,
            body.From,
            body.Kind,
            (field, rule) => errors.Add(new FieldError(field == TaxRules.PayeeId ? "/id" : "/" + field, rule))
        );
        if (errors.Count > 0 || profile is null)
            throw Wrong(errors);
        await Put([profile], profiles, http);
        return (await reads.Find(profile.PayeeId, profile.From, http.RequestAborted))!;
    }

    private static async Task<PayeeTaxesPut> PutMany(PayeeTaxesBody body, TaxProfiles profiles, HttpContext http)
    {
        if (body.Rows is not { Count: > 0 and <= TaxRules.MaxRows } rows)
            throw Wrong([new FieldError("/rows", $"is a list of 1 to {TaxRules.MaxRows} rows")]);
        var (read, errors) = (new List<TaxProfile>(rows.Count), new List<FieldError>());
        for (var i = 0; i < rows.Count; i++)
        {
            var pointer = $"/rows/{i}";
            if (rows[i] is not { } row)
                errors.Add(new FieldError(pointer, "is an object with payeeId, from and kind"));
            else if (
                TaxRules.Read(
                    row.PayeeId,
                    row.From,
                    row.Kind,
                    (field, rule) => errors.Add(new FieldError($"{pointer}/{field}", rule))
                ) is
                { } profile
            )
                read.Add(profile);
        }

        if (errors.Count > 0)
            throw Wrong(errors);
        var put = await Put(read, profiles, http);
        return new PayeeTaxesPut(put, read.Count - put);
    }

    private static Task<int> Put(IReadOnlyList<TaxProfile> read, TaxProfiles profiles, HttpContext http)
    {
        var audit = http.Features.GetRequiredFeature<AuditEntry>();
        var cancel = http.RequestAborted;
        return profiles.Put(
            read,
            Actor.Of(http).Name,
            transaction => AuditRows.NoteDone(transaction, audit, cancel),
            cancel
        );
    }

    private static ProblemException Wrong(List<FieldError> errors) =>
        new(
            422,
            "invalid_tax_profiles",
            $"nothing was put: {errors[0].Pointer[1..]} {errors[0].Rule}",
            "correct the fields in errors and send all again",
            errors: [.. errors]
        );
}
