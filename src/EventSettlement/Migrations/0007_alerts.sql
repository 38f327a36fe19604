-- Something a person must look at: one row a cause
CREATE TABLE alert (
    cause    text PRIMARY KEY,                             -- such as 'run 7 study-refund settlement_failed'
    code     text NOT NULL,
    message  text NOT NULL,
    next     text NOT NULL,                                -- what to do
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    count    bigint NOT NULL,
    amount   numeric NOT NULL,
    currency text,
    state    text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CLOSED')),
    closed_by    text,                                     -- the person who closed it; null = its cause went away
    close_reason text
);
