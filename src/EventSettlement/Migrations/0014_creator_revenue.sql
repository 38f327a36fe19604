-- What a creator was settled for a month, as it was planned. Amounts in won.
CREATE TABLE creator_month (
    creator_id  text COLLATE "C" NOT NULL,
    month       date NOT NULL,                             -- its first day, Asia/Seoul
    run_id      bigint NOT NULL,
    views       bigint NOT NULL,
    ad_views    bigint NOT NULL,
    earned      bigint NOT NULL,                           -- by the views of the month
    corrections bigint NOT NULL,                           -- of months that were settled before
    carried_in  bigint NOT NULL,
    withholding bigint NOT NULL,
    payable     bigint NOT NULL,
    carried_out bigint NOT NULL,
    planned_at  timestamptz NOT NULL DEFAULT clock(),
    PRIMARY KEY (creator_id, month),
    CHECK (earned + corrections + carried_in = payable + withholding + carried_out)
);
CREATE INDEX creator_month_month ON creator_month (month, creator_id);
CREATE TRIGGER creator_month_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON creator_month
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- What a month was settled too low or too high, by the month that made up for it
CREATE TABLE creator_correction (
    creator_id      text COLLATE "C" NOT NULL,
    corrected_month date NOT NULL,
    month           date NOT NULL,
    amount          bigint NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (creator_id, corrected_month, month)
);
CREATE INDEX creator_correction_corrected ON creator_correction (corrected_month, creator_id);
CREATE TRIGGER creator_correction_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON creator_correction
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- Sums that were not paid out, until a later month takes them up
CREATE TABLE creator_carry (
    creator_id  text COLLATE "C" NOT NULL,
    month       date NOT NULL,                             -- that carried it out
    cancelled   boolean NOT NULL,                          -- because its settlement was cancelled
    amount      bigint NOT NULL CHECK (amount <> 0),
    taken_month date,                                      -- that took it up
    PRIMARY KEY (creator_id, month, cancelled)
);
CREATE INDEX creator_carry_open ON creator_carry (creator_id) WHERE taken_month IS NULL;

-- Months that are settled: what comes later is a correction
CREATE TABLE creator_close (
    month     date PRIMARY KEY,
    run_id    bigint NOT NULL,
    began_at  timestamptz NOT NULL,                        -- when the run began to look at facts
    closed_at timestamptz NOT NULL DEFAULT clock()
);
CREATE TRIGGER creator_close_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON creator_close
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();

-- How far the facts were read that a run stands on: noted when it starts, and waited for
CREATE TABLE creator_run_position (
    run_id      bigint NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL,
    noted_at    timestamptz NOT NULL DEFAULT clock(),
    PRIMARY KEY (run_id, topic, partition)
);
CREATE TRIGGER creator_run_position_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON creator_run_position
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
