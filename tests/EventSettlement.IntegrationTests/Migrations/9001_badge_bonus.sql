-- The programme of the tests: a badge is a bonus for a member of a team
CREATE TABLE badge (
    badge_id   text PRIMARY KEY,
    team       text NOT NULL,
    member_id  text NOT NULL,
    amount     bigint NOT NULL,
    awarded_at timestamptz NOT NULL,
    run_id     bigint,
    period     text                                        -- the month that it was settled with
);
