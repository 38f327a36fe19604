-- One amount is at most 2^53 - 1; the sum of 1,025 such no longer fits 64 bits. Sums are looked at, no money is moved by
-- them, and none may keep a run from going on.
ALTER TABLE run_progress ALTER COLUMN amount TYPE numeric;
ALTER TABLE alert ALTER COLUMN amount TYPE numeric;
ALTER TABLE selection ALTER COLUMN amount TYPE numeric;
