-- Which request an audit row is about (SHA-256 of key and content): one row a request, however often it is carried out
ALTER TABLE audit ADD COLUMN request bytea;
CREATE UNIQUE INDEX audit_request ON audit (actor, request) WHERE request IS NOT NULL;
