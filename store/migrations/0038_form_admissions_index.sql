-- Each submission looks for the newest form that its organization opened at the limit. Without this index it reads
-- all sessions.
create index approval_sessions_admitted on approval_sessions (admitted_at) where admitted_at is not null;
