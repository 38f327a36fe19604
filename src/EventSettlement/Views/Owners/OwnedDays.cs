namespace EventSettlement.Views.Owners;

/// <summary>
/// Whose a content is on which days, as SQL: for all who ask by creator. Whoever is told for a moment owns from the
/// first day, Seoul, that begins at or after it; of several told for one day the last owns, and those before it
/// nothing.
/// </summary>
internal static class OwnedDays
{
    /// <summary>What joins a row <c>d</c> of a content and day to its row <c>o</c> of <c>owned</c>.</summary>
    public const string Join = "o.content_id = d.content_id AND o.first <= d.day AND d.day < o.until";

    /// <summary>The table <c>owned</c> (content_id, creator_id, first, until) for a WITH; until is not in it.</summary>
    /// <param name="creators">
    /// A parameter or query: only contents that ever were theirs are looked at, which are few; null = all.
    /// </param>
    public static string Of(string? creators = null)
    {
        var contents = creators is null
            ? ""
            : $"WHERE content_id IN (SELECT content_id FROM content_owner WHERE creator_id IN ({creators}))";
        return $"""
            told AS (
                SELECT content_id, creator_id, from_at, ((from_at AT TIME ZONE interval '9 hours')
                    - interval '1 microsecond')::date + 1 AS first FROM content_owner {contents}),
            owned AS (
                SELECT content_id, creator_id, first, coalesce(lead(first) OVER (PARTITION BY content_id
                    ORDER BY from_at), 'infinity'::date) AS until FROM told)
            """;
    }
}
