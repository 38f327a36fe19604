-- Above these amounts a person releases a settlement before it is paid: as they were when the run was started, so that
-- whichever server plans it, and goes on after another, holds the same ones
ALTER TABLE run ADD COLUMN max_item bigint, ADD COLUMN max_run bigint;

-- Why it was planned held; null = it was not
ALTER TABLE settlement_request ADD COLUMN hold_reason text;
CREATE INDEX settlement_request_held ON settlement_request (run_id) WHERE hold_reason IS NOT NULL;
