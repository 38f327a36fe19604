-- A key may be any bytes: what is parked with one that is no text is replayed with the same
ALTER TABLE outbox ALTER COLUMN msg_key TYPE bytea USING convert_to(msg_key, 'UTF8');
