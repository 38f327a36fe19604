-- Access: keys are stored as SHA-256 of the secret
CREATE TABLE api_key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    role       text NOT NULL CHECK (role IN ('admin', 'approver', 'operator', 'viewer')),
    hash       bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE login_code (
    hash       bytea PRIMARY KEY,
    key_id     bigint NOT NULL REFERENCES api_key,
    expires_at timestamptz NOT NULL
);
CREATE TABLE page_session (
    hash       bytea PRIMARY KEY,
    key_id     bigint NOT NULL REFERENCES api_key,
    expires_at timestamptz NOT NULL
);
