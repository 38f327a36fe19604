-- What a programme is calculated by, from a day on; put once and never edited
CREATE TABLE policy (
    programme       text NOT NULL,
    effective_from  date NOT NULL,                         -- Asia/Seoul
    document        text NOT NULL,                         -- JSON, as it was put
    corrects        boolean NOT NULL,                      -- what it changes of settled periods is meant
    put_by          text NOT NULL,
    put_at          timestamptz NOT NULL DEFAULT clock(),
    changes_settled text[] NOT NULL DEFAULT '{}',          -- in sentences, as whoever put it was told
    changes_open    text[] NOT NULL DEFAULT '{}',
    request         bytea,                                 -- SHA-256; the same request again finds what it has done
    PRIMARY KEY (programme, effective_from)
);
CREATE TRIGGER policy_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON policy
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
