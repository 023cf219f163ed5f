-- When a contact last let its turn pass to another, until it is admitted (docs/decisions/0031).
alter table admission_queue add column passed_at timestamptz;
-- The number of failed cards on a form. At an organization's limit, a form that tried several takes that many turns.
alter table approval_sessions add column failed_cards integer not null default 0;
