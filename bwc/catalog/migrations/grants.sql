-- Rights of the account that bwc runs under on PostgreSQL, given by the owner of the tables with
-- each upgrade: `bwc db upgrade --grant-to bwc_app`. `bwc db grants` prints them, to be run by hand.
-- The account owns no table: it can neither drop a trigger nor grant itself more, and what is
-- append-only it may only read and add to.
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
REVOKE UPDATE, DELETE, TRUNCATE
  ON custody_entries, facts, tags, plans, renderings, certificates, decisions, finding_events,
  footage_answers, audits, audit_draws, audit_frames, audit_reviews, tombstones, proof_files,
  request_corrections FROM {role};
GRANT UPDATE (superseded_at) ON decisions TO {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON alembic_version FROM {role};
