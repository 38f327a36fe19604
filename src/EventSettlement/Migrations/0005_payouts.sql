-- Items and parts: inserted by the planner, changed by Payouts alone
CREATE TABLE settlement_item (
    settlement_id  uuid NOT NULL,
    no             integer NOT NULL,                       -- 1…n in the order of payee id
    part           integer NOT NULL,                       -- (no - 1) / 500
    member_id      text NOT NULL,
    amount         bigint NOT NULL CHECK (amount >= 0),
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
    downstream    text NOT NULL,
    asked         integer NOT NULL DEFAULT 0,
    next_ask_at   timestamptz NOT NULL,
    traceparent   text,                                    -- of the attempt that left it in doubt
    PRIMARY KEY (settlement_id, no)
);
CREATE INDEX doubt_next ON doubt (downstream, next_ask_at);

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

-- All items of a request enter in one statement and are what the request says
CREATE FUNCTION items_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    SELECT e.settlement_id, e.amount, e.items, r.amount AS owed, r.items AS expected INTO wrong
    FROM (SELECT settlement_id, sum(amount) AS amount, count(*) AS items FROM entered GROUP BY settlement_id) e
    LEFT JOIN settlement_request r ON r.settlement_id = e.settlement_id
    WHERE (e.amount, e.items) IS DISTINCT FROM (r.amount, r.items) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'settlement % owes % in % items, not % in %',
            wrong.settlement_id, wrong.owed, wrong.expected, wrong.amount, wrong.items USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER item_sums AFTER INSERT ON settlement_item
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION items_must_sum();

-- One row: the database's clock was never found away from its pace between the two times
CREATE TABLE clock_watch (
    only_one     boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    steady_since timestamptz NOT NULL,
    seen_at      timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
INSERT INTO clock_watch (steady_since, seen_at) SELECT at, at FROM (SELECT clock() AS at) AS now;
