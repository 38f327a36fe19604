-- Since when a programme is scheduled: what was due before is not missed (written by Runs).
CREATE TABLE run_schedule (
    programme text PRIMARY KEY,
    since     timestamptz NOT NULL
);

-- A planner that was killed or frozen is replaced when its lease ends; the epoch keeps it out when it comes back.
ALTER TABLE run ADD COLUMN lease_until timestamptz;
