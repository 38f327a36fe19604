-- Views counted once, by content and by ad, a day in Seoul. Rows are summed up to by batches of the intake.
CREATE TABLE view_content_day (
    content_id      text COLLATE "C" NOT NULL,
    day             date NOT NULL,                         -- Asia/Seoul, of viewedAt
    views           bigint NOT NULL,
    watched_seconds bigint NOT NULL,
    ad_views        bigint NOT NULL,                       -- of the views those with an ad
    PRIMARY KEY (content_id, day)
) WITH (fillfactor = 60);
CREATE INDEX view_content_day_day ON view_content_day (day, content_id);

CREATE TABLE view_ad_day (
    ad_id           text COLLATE "C" NOT NULL,
    day             date NOT NULL,
    views           bigint NOT NULL,
    watched_seconds bigint NOT NULL,
    PRIMARY KEY (ad_id, day)
) WITH (fillfactor = 60);
CREATE INDEX view_ad_day_day ON view_ad_day (day, ad_id);

-- Views of all contents together, by the hour in which they were watched. The partition is one of the batch that
-- brought them: it has one writer, so that nobody waits for the row. What a rebuild puts right is in partition -1.
CREATE TABLE view_hour (
    hour            timestamptz NOT NULL,                  -- its begin
    partition       integer NOT NULL,
    views           bigint NOT NULL,
    watched_seconds bigint NOT NULL,
    ad_views        bigint NOT NULL,
    PRIMARY KEY (hour, partition)
) WITH (fillfactor = 60);

-- What became of the records of a partition; parked ones are counted where they are kept
CREATE TABLE view_intake (
    partition  integer PRIMARY KEY,
    counted    bigint NOT NULL,
    incomplete bigint NOT NULL,
    duplicates bigint NOT NULL,
    late       bigint NOT NULL,                            -- of the counted ones
    minute     bigint NOT NULL,                            -- of clock(), since 1970
    in_minute  bigint NOT NULL,                            -- records in that minute
    in_minute_before bigint NOT NULL                       -- and in the one before it
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Views known, by the bucket of their content. The row's lock makes one writer of a bucket, its version tells a
-- process whether another has added to what it holds in memory.
CREATE TABLE view_bucket (
    bucket  smallint PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
INSERT INTO view_bucket (bucket) SELECT generate_series(0, 479);

CREATE TABLE view_seen (
    bucket smallint NOT NULL,
    seq    bigint NOT NULL,                                -- the bucket's version that brought it
    day    date NOT NULL,                                  -- later of the days of viewedAt and of arrival
    views  integer NOT NULL,
    hashes bytea NOT NULL,                                 -- 9 bytes a view; see SeenBlock
    PRIMARY KEY (bucket, seq, day)
);
ALTER TABLE view_seen ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE INDEX view_seen_day ON view_seen (day);

-- Completed views as they came, packed; what statistics are recounted from
CREATE TABLE view_raw (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    arrived   date NOT NULL,                               -- Asia/Seoul
    first_day date NOT NULL,                               -- of viewedAt
    last_day  date NOT NULL,
    views     integer NOT NULL,
    block     bytea NOT NULL                               -- see RawBlock
);
ALTER TABLE view_raw ALTER COLUMN block SET STORAGE EXTERNAL;
CREATE INDEX view_raw_arrived ON view_raw (arrived, id);

-- Arrivals from this day on are all kept in view_raw
CREATE TABLE view_raw_since (
    since date NOT NULL
);
INSERT INTO view_raw_since VALUES ('1970-01-01');

-- Who earns from a content from when, as facts told
CREATE TABLE content_owner (
    content_id  text COLLATE "C" NOT NULL,
    from_at     timestamptz NOT NULL,
    creator_id  text COLLATE "C",                          -- null = nobody from then on
    received_at timestamptz NOT NULL DEFAULT clock(),
    PRIMARY KEY (content_id, from_at)
);
CREATE INDEX content_owner_creator ON content_owner (creator_id, content_id);
CREATE TRIGGER content_owner_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON content_owner
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
