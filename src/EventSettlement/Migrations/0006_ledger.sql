-- Ledger: append-only; transactions sum to zero per currency
CREATE SEQUENCE ledger_transaction_seq CACHE 500;
CREATE TABLE posting (
    transaction_id bigint NOT NULL,
    line           smallint NOT NULL,
    account        text NOT NULL,                          -- '<programme>:payable' and the like
    currency       text NOT NULL,
    amount         bigint NOT NULL,                        -- debit > 0, credit < 0
    kind           text NOT NULL,                          -- creation, payment, late-payment, write-off, cancel, carry-over
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
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Each movement of money after the creation, in order of time. It grows at its right end alone.
CREATE INDEX posting_watched ON posting (at, settlement_id) WHERE line = 1 AND kind <> 'creation';

-- Up to where the ledger is watched: what is older was compared. One row, locked by who looks.
CREATE TABLE ledger_watch (
    at            timestamptz NOT NULL,
    settlement_id uuid NOT NULL
) WITH (fillfactor = 20);
INSERT INTO ledger_watch VALUES (clock(), '00000000-0000-0000-0000-000000000000');
