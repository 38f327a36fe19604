-- Runs (run_progress: lanes by their one writer each)
CREATE TABLE run (
    run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme     text NOT NULL,
    business_date date NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('scheduled', 'manual')),
    seq           integer NOT NULL,                        -- 0 = the scheduled one
    subject       text,                                    -- of this one only; null = of all
    state         text NOT NULL CHECK (state IN ('PLANNING', 'PAYING', 'FINISHED', 'STOPPED')),
    pay_at        timestamptz,
    actor         text NOT NULL,
    request       bytea,                                   -- the request that started it: a repetition finds it
    planned       boolean NOT NULL DEFAULT false,          -- nothing is left to plan
    epoch         bigint NOT NULL DEFAULT 0,               -- fences the planner
    lease_until   timestamptz,                             -- one that was killed or frozen is replaced then
    created_at    timestamptz NOT NULL,
    planned_at    timestamptz,
    finished_at   timestamptz,
    stop_reason   text,
    -- Above these a person releases a settlement first: as they were when the run was started, whoever plans it
    max_item      bigint,
    max_run       bigint,
    UNIQUE (programme, business_date, seq)
);
CREATE UNIQUE INDEX run_one_unfinished ON run (programme) WHERE state IN ('PLANNING', 'PAYING');

CREATE TABLE run_progress (
    run_id      bigint NOT NULL,
    lane        text NOT NULL,                             -- 'planner', or 'saga-<partition>': one writer each
    state       text NOT NULL,                             -- 'PLANNED', or a settlement's state
    settlements bigint NOT NULL,
    items       bigint NOT NULL,
    amount      numeric NOT NULL,                          -- the sum of 1,025 largest amounts passes 64 bits
    PRIMARY KEY (run_id, lane, state)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Since when a programme is scheduled: what was due before is not missed
CREATE TABLE run_schedule (
    programme text PRIMARY KEY,
    since     timestamptz NOT NULL
);

-- What is owed: written once by the planner, immutable
CREATE TABLE settlement_request (
    settlement_id  uuid PRIMARY KEY,
    programme      text NOT NULL,
    subject        text NOT NULL,
    period         text NOT NULL,
    run_id         bigint NOT NULL,
    downstream     text NOT NULL,
    currency       text NOT NULL,
    amount         bigint NOT NULL,                        -- sum of the items
    items          integer NOT NULL,
    parts          integer NOT NULL,
    payable_at     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    booking        jsonb NOT NULL,                         -- lines of the creation posting by account, {} when none
    basis          jsonb NOT NULL,                         -- what it stands on; the programme's own to read
    hold_reason    text,                                   -- why it was planned held; null = it was not
    UNIQUE (programme, subject, period)
);
CREATE INDEX settlement_request_run ON settlement_request (run_id, settlement_id);
CREATE INDEX settlement_request_held ON settlement_request (run_id) WHERE hold_reason IS NOT NULL;
CREATE TRIGGER request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_request
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
