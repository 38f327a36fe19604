-- Which request an audit row is about (SHA-256 of key and content): one row a request, however often it is carried out
ALTER TABLE audit ADD COLUMN request bytea;
CREATE UNIQUE INDEX audit_request ON audit (actor, request) WHERE request IS NOT NULL;

-- Up to where the ledger is watched (written by Ledger): what is older was compared. One row, locked by who looks.
CREATE TABLE ledger_watch (
    at            timestamptz NOT NULL,
    settlement_id uuid NOT NULL
) WITH (fillfactor = 20);
INSERT INTO ledger_watch VALUES (clock(), '00000000-0000-0000-0000-000000000000');

-- What has changed, in order of time: the end of each attempt, and each movement of money after the creation. Both grow
-- at their right end alone, and hold two or three small entries a settlement.
CREATE INDEX posting_watched ON posting (at, settlement_id) WHERE line = 1 AND kind <> 'creation';
CREATE INDEX settlement_history_watched ON settlement_history (at, settlement_id) WHERE to_state <> 'PROCESSING';

-- How long messages wait for the relay; whoever writes them does not know of it.
ALTER TABLE outbox ADD COLUMN added_at timestamptz NOT NULL DEFAULT clock();
