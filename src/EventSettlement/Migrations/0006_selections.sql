-- Settlements that a person has looked at and is about to act on together (written by Api).
CREATE TABLE selection (
    selection_id   uuid PRIMARY KEY,
    actor          text NOT NULL,
    settlement_ids uuid[] NOT NULL,
    versions       bigint[] NOT NULL,                      -- of the settlements, by the same index
    amount         bigint NOT NULL,                        -- unpaid then
    currencies     text[] NOT NULL,
    created_at     timestamptz NOT NULL,
    verb           text,                                   -- what was done with it; null = nothing yet
    command_ids    uuid[]                                  -- one a settlement, by the same index
);
