-- Completed studies, as their facts told; only run_id changes
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
CREATE TRIGGER study_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF study_id, completed_at, currency, deposit, penalty,
    members, absences, digest, fact_topic, fact_partition, fact_offset, received_at ON study
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
