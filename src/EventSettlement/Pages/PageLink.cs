namespace EventSettlement.Pages;

/// <summary>
/// An entry of the navigation. A slice registers its own; they stand in the order of <c>Server.cs</c>.
/// </summary>
/// <param name="Path">Of the page; what lies under it is of the same entry.</param>
public sealed record PageLink(string Title, string Path)
{
    public bool IsAround(PathString here) =>
        Path == "/" ? here == Path : here.StartsWithSegments(Path, StringComparison.Ordinal);
}
