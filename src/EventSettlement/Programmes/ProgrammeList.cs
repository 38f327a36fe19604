namespace EventSettlement.Programmes;

/// <summary>The programmes of this process.</summary>
public sealed class ProgrammeList(IEnumerable<IProgramme> programmes)
{
    private readonly Dictionary<string, IProgramme> _byName = programmes.ToDictionary(p => p.Terms.Name);

    /// <summary>In ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _byName.Keys.Order(StringComparer.Ordinal)];

    /// <returns>Null when there is no such programme.</returns>
    public IProgramme? Find(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="InvalidOperationException">A programme that this version does not have.</exception>
    public IProgramme Of(string name) =>
        Find(name)
        ?? throw new InvalidOperationException(
            $"this version has no programme {name}; it has {string.Join(", ", Names)}"
        );
}
