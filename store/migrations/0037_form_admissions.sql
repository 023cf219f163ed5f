-- When the form of a session was opened while its organization was at its limit of declines (docs/decisions/0019).
alter table approval_sessions add column admitted_at timestamptz;
