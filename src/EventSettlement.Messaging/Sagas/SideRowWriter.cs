using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventSettlement.Messaging.Sagas;

/// <summary>Finds the table of a row type that is only known at the flush.</summary>
internal abstract class SideRowWriter
{
    public abstract NpgsqlBatchCommand Write(IServiceProvider services, List<object> rows);
}

internal sealed class TypedSideRowWriter<TRow> : SideRowWriter
    where TRow : class
{
    public static readonly TypedSideRowWriter<TRow> Instance = new();

    public override NpgsqlBatchCommand Write(IServiceProvider services, List<object> rows) =>
        services.GetRequiredService<ISideTable<TRow>>().Write(rows.ConvertAll(row => (TRow)row));
}
