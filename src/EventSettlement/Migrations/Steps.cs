using System.Reflection;
using EventSettlement.Messaging;
using EventSettlement.Platform;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EventSettlement.Migrations;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0001_messaging")]
internal sealed class MessagingTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(CrashPoint).Assembly, "messaging.sql"));
}

/// <summary>Runs the file that is named as the migration is.</summary>
internal abstract class SqlStep : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            Migrator.Sql(GetType().Assembly, GetType().GetCustomAttribute<MigrationAttribute>()!.Id + ".sql")
        );
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0002_settlement")]
internal sealed class SettlementTables : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0003_queue_tables")]
internal sealed class QueueTables : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0004_run_schedule")]
internal sealed class RunScheduleTable : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0005_held_settlements")]
internal sealed class HeldSettlements : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0006_selections")]
internal sealed class Selections : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0007_location")]
internal sealed class LocationOfAnswer : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0008_doubt_trace")]
internal sealed class DoubtTrace : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0009_key_bytes")]
internal sealed class KeyBytes : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0010_clock_watch")]
internal sealed class ClockWatchTable : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0011_audit_and_watch")]
internal sealed class AuditAndWatch : SqlStep;

[DbContext(typeof(Migrator.MigrationContext)), Migration("0012_wide_sums")]
internal sealed class WideSums : SqlStep;
