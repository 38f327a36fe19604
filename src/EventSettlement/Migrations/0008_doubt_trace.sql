-- Of the attempt that left the item in doubt: what the resolver tells goes on in the same trace
ALTER TABLE doubt ADD COLUMN traceparent text;
