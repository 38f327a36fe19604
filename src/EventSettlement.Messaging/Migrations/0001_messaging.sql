-- The tables of the messaging core. Queues, whose rows live for milliseconds or are rewritten all the time, are vacuumed
-- by count and not by share: a share of an empty table's statistics is nothing, and a bloated queue slows every reader.

-- The only clock that decides anything. A desk puts it elsewhere by the shift, which is not taken for a jump.
CREATE FUNCTION clock_shift() RETURNS interval LANGUAGE sql STABLE AS 'SELECT interval ''0''';
CREATE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp() + clock_shift()';

CREATE TABLE consumer_offset (
    group_id    text NOT NULL,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    epoch       bigint NOT NULL,
    next_offset bigint NOT NULL,
    last_crc    bigint,             -- CRC-32 of the record before next_offset
    last_time   timestamptz,        -- the log's time of that record
    log_id      text,               -- identity of the log that the offset counts in
    stopped     text,               -- why the owner refuses to read on; null = reading
    PRIMARY KEY (group_id, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Kafka only: what waits for the relay. Ordered by (shard, id); never read by a high-water mark.
CREATE TABLE outbox (
    shard     smallint NOT NULL,
    id        bigint GENERATED ALWAYS AS IDENTITY (CACHE 500),
    topic     text NOT NULL,
    msg_key   bytea,              -- any bytes: what is parked with a key that is no text is replayed with the same
    body      bytea,
    headers   text NOT NULL,
    added_at  timestamptz NOT NULL DEFAULT clock(),
    PRIMARY KEY (shard, id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE relay_lease (
    shard      smallint PRIMARY KEY,
    owner      text,
    epoch      bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE scheduled_message (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token    uuid NOT NULL UNIQUE,
    due_at   timestamptz NOT NULL,
    topic    text NOT NULL,
    msg_key  text,
    body     bytea NOT NULL,
    headers  text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX scheduled_message_due ON scheduled_message (due_at);

CREATE TABLE parked_message (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic       text NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    msg_key     bytea,
    headers     text NOT NULL,
    body        bytea,
    code        text NOT NULL,
    pointer     text,
    message     text NOT NULL,
    fingerprint text NOT NULL,
    first_seen  timestamptz NOT NULL,
    last_seen   timestamptz NOT NULL,
    seen        integer NOT NULL DEFAULT 1,
    status      text NOT NULL DEFAULT 'PARKED' CHECK (status IN ('PARKED', 'REPLAYED', 'DISCARDED')),
    who         text,
    at          timestamptz,
    reason      text,
    group_id    text NOT NULL,
    UNIQUE (group_id, topic, partition, "offset")
);

-- The embedded event log: one row a record, numbered under the head's lock, so without gaps and in commit order.
CREATE TABLE log_identity (
    id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO log_identity DEFAULT VALUES;

CREATE TABLE log_topic (
    topic_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL UNIQUE,
    partitions integer NOT NULL
);

CREATE TABLE log_head (
    topic_id     integer NOT NULL REFERENCES log_topic,
    partition    integer NOT NULL,
    begin_offset bigint NOT NULL DEFAULT 0,
    next_offset  bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic_id, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE event_log (
    topic_id    integer NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    msg_key     bytea,
    headers     text NOT NULL,
    body        bytea,
    appended_at timestamptz NOT NULL,
    PRIMARY KEY (topic_id, partition, "offset")
);

CREATE TABLE partition_lease (
    group_id   text NOT NULL,
    topic      text NOT NULL,
    partition  integer NOT NULL,
    owner      text NOT NULL,
    epoch      bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

CREATE TABLE group_member (
    group_id   text NOT NULL,
    owner      text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, owner)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
