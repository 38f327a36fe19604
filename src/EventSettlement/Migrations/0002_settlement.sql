-- Facts (written by StudyRefunds)
CREATE TABLE study (
    study_id     text PRIMARY KEY,
    completed_at timestamptz NOT NULL,
    currency     text NOT NULL,
    deposit      bigint NOT NULL CHECK (deposit >= 0),     -- a member
    penalty      bigint NOT NULL CHECK (penalty >= 0),     -- an absence
    members      text[] NOT NULL,                          -- sorted; participants of a fact travel together, so one row
    absences     integer[] NOT NULL,                       -- by the same index
    digest       bytea NOT NULL,                           -- SHA-256 of the canonical content
    fact_topic     text NOT NULL,
    fact_partition integer NOT NULL,
    fact_offset    bigint NOT NULL,
    received_at  timestamptz NOT NULL,
    run_id       bigint                                    -- the run that planned it
) WITH (fillfactor = 80);
CREATE INDEX study_unplanned ON study (completed_at, study_id) WHERE run_id IS NULL;

-- Runs (written by Runs; run_progress lanes by their one writer each)
CREATE TABLE run (
    run_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme     text NOT NULL,
    business_date date NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('scheduled', 'manual')),
    seq           integer NOT NULL,                        -- 0 = the scheduled one
    state         text NOT NULL CHECK (state IN ('PLANNING', 'PAYING', 'FINISHED', 'STOPPED')),
    pay_at        timestamptz,
    actor         text NOT NULL,
    planned_until text,                                    -- planner's place: last study of the last chunk
    planned       boolean NOT NULL DEFAULT false,          -- nothing is left to plan
    epoch         bigint NOT NULL DEFAULT 0,               -- fences the planner
    created_at    timestamptz NOT NULL,
    planned_at    timestamptz,
    finished_at   timestamptz,
    stop_reason   text,
    UNIQUE (programme, business_date, seq)
);
CREATE UNIQUE INDEX run_one_unfinished ON run (programme) WHERE state IN ('PLANNING', 'PAYING');

CREATE TABLE run_progress (
    run_id      bigint NOT NULL,
    lane        text NOT NULL,                             -- 'planner', or 'saga-<partition>': one writer each
    state       text NOT NULL,                             -- 'PLANNED', or a settlement's state
    settlements bigint NOT NULL,
    items       bigint NOT NULL,
    amount      bigint NOT NULL,
    PRIMARY KEY (run_id, lane, state)
) WITH (fillfactor = 20);

-- What is owed (written once by Runs' planner, immutable)
CREATE TABLE settlement_request (
    settlement_id  uuid PRIMARY KEY,
    programme      text NOT NULL,
    subject        text NOT NULL,
    period         text NOT NULL,
    run_id         bigint NOT NULL,
    downstream     text NOT NULL,
    currency       text NOT NULL,
    amount         bigint NOT NULL,                        -- sum of the items
    kept           bigint NOT NULL,                        -- forfeited income
    items          integer NOT NULL,
    parts          integer NOT NULL,
    payable_at     timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    policy         text NOT NULL,                          -- such as 'study-refund/1 deposit=30000 penalty=3000'
    deposit        bigint NOT NULL,
    penalty        bigint NOT NULL,
    fact_topic     text NOT NULL,
    fact_partition integer NOT NULL,
    fact_offset    bigint NOT NULL,
    UNIQUE (programme, subject, period)
);
CREATE INDEX settlement_request_run ON settlement_request (run_id, settlement_id);

-- Items: inserted by the planner, changed by Payouts alone
CREATE TABLE settlement_item (
    settlement_id  uuid NOT NULL,
    no             integer NOT NULL,                       -- 1…n in the order of member id
    part           integer NOT NULL,                       -- (no - 1) / 500
    member_id      text NOT NULL,
    amount         bigint NOT NULL CHECK (amount >= 0),
    absences       integer NOT NULL,
    state          text NOT NULL CHECK (state IN
        ('PENDING', 'SENDING', 'PAID', 'FAILED', 'REJECTED', 'IN_DOUBT', 'CANCELLED', 'WRITTEN_OFF')),
    attempt        integer NOT NULL DEFAULT 0,             -- the last one that claimed it
    epoch          bigint,                                 -- owner of the claim
    needs_person   boolean NOT NULL DEFAULT false,
    sent_at        timestamptz,                            -- last claim; null = never sent
    doubt_at       timestamptz,                            -- a call for it may still take effect
    transaction_id text,                                   -- the downstream's
    error_code     text,
    error_message  text,
    paid_at        timestamptz,
    PRIMARY KEY (settlement_id, no)
) WITH (fillfactor = 45);                                 -- room for the claimed and the answered version

-- One row a part (inserted by the planner, changed by Payouts alone): its revision and stored answer
CREATE TABLE settlement_part (
    settlement_id    uuid NOT NULL,
    part             integer NOT NULL,
    revision         integer NOT NULL DEFAULT 0,
    answered_attempt integer NOT NULL DEFAULT 0,
    answer           text,                                 -- JSON of the PartAnswered of that attempt
    PRIMARY KEY (settlement_id, part)
) WITH (fillfactor = 30);

-- Doubts under investigation (Payouts): the resolver's own agenda, so that finding them costs no scan
CREATE TABLE doubt (
    settlement_id uuid NOT NULL,
    no            integer NOT NULL,
    asked         integer NOT NULL DEFAULT 0,
    next_ask_at   timestamptz NOT NULL,
    PRIMARY KEY (settlement_id, no)
);
CREATE INDEX doubt_next ON doubt (next_ask_at);

CREATE TABLE cancel_answer (
    command_id    uuid PRIMARY KEY,
    settlement_id uuid NOT NULL,
    answer        text NOT NULL                            -- JSON of CancelItemsAnswered
);

CREATE TABLE downstream (
    name   text PRIMARY KEY,
    state  text NOT NULL DEFAULT 'RUNNING' CHECK (state IN ('RUNNING', 'STOPPED')),
    code   text,
    reason text,
    since  timestamptz NOT NULL,
    actor  text
);

-- How far it is (written by Settlements' saga alone)
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

CREATE TABLE alert (
    cause    text PRIMARY KEY,                             -- such as 'run 7 study-refund settlement_failed'
    code     text NOT NULL,
    message  text NOT NULL,
    next     text NOT NULL,                                -- what to do
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    count    bigint NOT NULL,
    amount   bigint NOT NULL,
    currency text,
    state    text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CLOSED'))
);

-- Ledger: append-only; transactions sum to zero per currency
CREATE SEQUENCE ledger_transaction_seq CACHE 500;
CREATE TABLE posting (
    transaction_id bigint NOT NULL,
    line           smallint NOT NULL,
    account        text NOT NULL,                          -- '<programme>:deposits-held' and the like
    currency       text NOT NULL,
    amount         bigint NOT NULL,                        -- debit > 0, credit < 0
    kind           text NOT NULL,                          -- creation, payment, late-payment, write-off, cancel
    reference      text NOT NULL,                          -- settlement[/part/attempt] or settlement#no
    settlement_id  uuid NOT NULL,
    at             timestamptz NOT NULL,
    PRIMARY KEY (transaction_id, line)
);
CREATE INDEX posting_settlement ON posting (settlement_id);

CREATE FUNCTION posting_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT transaction_id, currency, sum(amount) AS off INTO wrong
    FROM entered GROUP BY transaction_id, currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger transaction % is off by % %', wrong.transaction_id, wrong.off, wrong.currency
            USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER posting_balance AFTER INSERT ON posting
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION posting_must_balance();

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501';
END $$;
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_history
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
CREATE TRIGGER request_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_request
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Access: keys are stored as SHA-256 of the secret; every changing request leaves one audit row
CREATE TABLE api_key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    role       text NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
    hash       bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE login_code (
    hash       bytea PRIMARY KEY,
    key_id     bigint NOT NULL REFERENCES api_key,
    expires_at timestamptz NOT NULL
);
CREATE TABLE page_session (
    hash       bytea PRIMARY KEY,
    key_id     bigint NOT NULL REFERENCES api_key,
    expires_at timestamptz NOT NULL
);
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    target  text NOT NULL,
    detail  text
);
CREATE TABLE idempotency (
    actor      text NOT NULL,
    key        text NOT NULL,
    request    bytea NOT NULL,                             -- SHA-256 of method, path and body
    status     integer,                                    -- null while the first one is still at work
    content_type text,
    response   text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
);
