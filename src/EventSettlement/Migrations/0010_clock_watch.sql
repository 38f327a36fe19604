-- One row (Payouts): the database's clock was never found away from its pace between the two times
CREATE TABLE clock_watch (
    only_one     boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    steady_since timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO clock_watch (steady_since, seen_at) SELECT at, at FROM (SELECT clock() AS at) AS now;
