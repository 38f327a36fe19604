using EventSettlement.Platform;

namespace EventSettlement.Programmes;

/// <summary>The slice of one programme: a folder, and one line in <c>Server.cs</c>.</summary>
public sealed record ProgrammeSlice : Slice
{
    public ProgrammeSlice(ProgrammeTerms terms)
        : base(terms.Name)
    {
        Terms = terms;
        Check = settings => ProgrammeSettings.Check(settings, terms.Name);
    }

    public ProgrammeTerms Terms { get; }
}

/// <summary>What programmes have in common.</summary>
public static class ProgrammesSlice
{
    public static readonly Slice Slice = new("programmes")
    {
        Settings = ProgrammeSettings.All,
        Add = server => server.Services.AddSingleton<ProgrammeList>(),
    };
}
