-- What payees are for the tax office, from a day on. Nothing is edited: of a payee's rows of one day the last counts
CREATE TABLE payee_tax (
    payee_id  text COLLATE "C" NOT NULL,
    from_date date NOT NULL,                               -- Asia/Seoul, the first day
    seq       bigint GENERATED ALWAYS AS IDENTITY,         -- puts come one after the other, so this is their order
    kind      text NOT NULL CHECK (kind IN ('NONE', 'PERSONAL')),
    put_at    timestamptz NOT NULL DEFAULT clock(),
    put_by    text NOT NULL,
    PRIMARY KEY (payee_id, from_date, seq)
);
CREATE TRIGGER payee_tax_append_only BEFORE DELETE OR TRUNCATE OR UPDATE ON payee_tax
    FOR EACH STATEMENT EXECUTE FUNCTION append_only();
