-- How far a settlement is (written by the saga alone)
CREATE TABLE settlement (
    settlement_id    uuid PRIMARY KEY,
    version          bigint NOT NULL,
    state            text NOT NULL CHECK (state IN
        ('PENDING', 'PROCESSING', 'AWAITING_RETRY', 'COMPLETED', 'FAILED', 'CANCELLED')),
    programme        text NOT NULL,
    subject          text NOT NULL,
    period           text NOT NULL,
    run_id           bigint NOT NULL,
    downstream       text NOT NULL,
    currency         text NOT NULL,
    amount           bigint NOT NULL,
    paid_amount      bigint NOT NULL,
    items            integer NOT NULL,
    paid             integer NOT NULL,
    failed           integer NOT NULL,
    rejected         integer NOT NULL,
    in_doubt         integer NOT NULL,                     -- with those that need a person
    written_off      integer NOT NULL,
    needs_person     integer NOT NULL,
    parts            text NOT NULL,                        -- one part a ';': counts, amounts, revision, open flag
    attempt          integer NOT NULL,
    retries_left     integer NOT NULL,
    include_rejected boolean NOT NULL,
    held             boolean NOT NULL,
    cancelling       boolean NOT NULL,
    cancel_command   uuid,
    due              boolean NOT NULL,                     -- the timer came while held or cancelling
    payable_at       timestamptz NOT NULL,
    next_retry_at    timestamptz,
    not_before       timestamptz,                          -- the downstream's Retry-After
    timer_token      uuid,
    seq              integer NOT NULL,                     -- last history row
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    UNIQUE (programme, subject, period)
) WITH (fillfactor = 60);
CREATE INDEX settlement_listed ON settlement (created_at, settlement_id);
CREATE INDEX settlement_run ON settlement (run_id, created_at, settlement_id);

CREATE TABLE settlement_history (
    settlement_id uuid NOT NULL,
    seq           integer NOT NULL,
    from_state    text,
    to_state      text NOT NULL,
    cause         text NOT NULL,
    actor         text NOT NULL,
    reason        text,
    attempt       integer NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (settlement_id, seq)
);

-- Commands: the row and its message in one transaction; the answer is the saga's, once
CREATE TABLE command (
    command_id    uuid PRIMARY KEY,
    settlement_id uuid NOT NULL,
    verb          text NOT NULL CHECK (verb IN ('retry', 'cancel', 'hold', 'release')),
    arguments     text NOT NULL,
    actor         text NOT NULL,
    created_at    timestamptz NOT NULL,
    answered_at   timestamptz,
    outcome       text CHECK (outcome IN ('DONE', 'REFUSED')),
    code          text,
    reason        text
);
CREATE INDEX command_settlement ON command (settlement_id);
-- What a run waits for is asked twice a second while somebody watches it: the few that are held have their own index.
CREATE INDEX settlement_held ON settlement (run_id) WHERE held;
-- What has changed, in order of time: the end of each attempt. It grows at its right end alone.
CREATE INDEX settlement_history_watched ON settlement_history (at, settlement_id) WHERE to_state <> 'PROCESSING';
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_history
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Settlements that a person has looked at and is about to act on together
CREATE TABLE selection (
    selection_id   uuid PRIMARY KEY,
    actor          text NOT NULL,
    settlement_ids uuid[] NOT NULL,
    versions       bigint[] NOT NULL,                      -- of the settlements, by the same index
    amount         numeric NOT NULL,                       -- unpaid then
    currencies     text[] NOT NULL,
    created_at     timestamptz NOT NULL,
    verb           text,                                   -- what was done with it; null = nothing yet
    command_ids    uuid[]                                  -- one a settlement, by the same index
);
