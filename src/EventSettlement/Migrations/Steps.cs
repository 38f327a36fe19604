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

[DbContext(typeof(Migrator.MigrationContext)), Migration("0002_settlement")]
internal sealed class SettlementTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(SettlementTables).Assembly, "0002_settlement.sql"));
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0003_queue_tables")]
internal sealed class QueueTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(QueueTables).Assembly, "0003_queue_tables.sql"));
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0004_run_schedule")]
internal sealed class RunScheduleTable : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(RunScheduleTable).Assembly, "0004_run_schedule.sql"));
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0005_held_settlements")]
internal sealed class HeldSettlements : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(HeldSettlements).Assembly, "0005_held_settlements.sql"));
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0006_selections")]
internal sealed class Selections : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(Selections).Assembly, "0006_selections.sql"));
}

[DbContext(typeof(Migrator.MigrationContext)), Migration("0007_location")]
internal sealed class LocationOfAnswer : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(Migrator.Sql(typeof(LocationOfAnswer).Assembly, "0007_location.sql"));
}
