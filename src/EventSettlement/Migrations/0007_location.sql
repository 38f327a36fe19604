-- Where the answer pointed to, so that a repeat points there too
ALTER TABLE idempotency ADD COLUMN location text;
