-- Every changing request leaves one audit row, however often it is carried out
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    actor   text NOT NULL,
    action  text NOT NULL,
    target  text NOT NULL,
    detail  text,
    request bytea                                          -- SHA-256 of key and content
);
CREATE UNIQUE INDEX audit_request ON audit (actor, request) WHERE request IS NOT NULL;

CREATE TABLE idempotency (
    actor        text NOT NULL,
    key          text NOT NULL,
    request      bytea NOT NULL,                           -- SHA-256 of method, path and body
    status       integer,                                  -- null while the first one is still at work
    content_type text,
    response     text,
    location     text,                                     -- where the answer pointed to
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (actor, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
