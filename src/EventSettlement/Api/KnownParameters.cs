using EventSettlement.Platform;

namespace EventSettlement.Api;

/// <summary>
/// Refuses query parameters that an endpoint does not have: with a misspelt filter a list would be of everything.
/// </summary>
internal static class KnownParameters
{
    private static readonly Type[] Simple = [typeof(string), typeof(int), typeof(long), typeof(bool), typeof(Guid)];

    public static EndpointFilterDelegate Check(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var known = endpoint
            .MethodInfo.GetParameters()
            .Where(p => Simple.Contains(Nullable.GetUnderlyingType(p.ParameterType) ?? p.ParameterType))
            .Select(p => p.Name!)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return call =>
        {
            var request = call.HttpContext.Request;
            foreach (var (name, values) in request.Query)
                if (!known.Contains(name) || request.RouteValues.ContainsKey(name))
                    throw ProblemException.Invalid("/" + name, "is not a parameter here");
                else if (values.Any(string.IsNullOrWhiteSpace))
                    throw ProblemException.Invalid("/" + name, "is not empty: leave it out, or give it a value");
                else if (values.Any(v => v is not null && !PlainText.IsPlain(v)))
                    throw ProblemException.Invalid("/" + name, "has no control characters");
            return next(call);
        };
    }
}
