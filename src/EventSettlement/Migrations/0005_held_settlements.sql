-- What a run waits for is asked twice a second while somebody watches it: the few that are held have their own index.
CREATE INDEX settlement_held ON settlement (run_id) WHERE held;
