-- The trace of the last call that caused work on a record, while spans are exported: the steps of its run become part
-- of it. Additive: the version before neither reads nor writes it.
create table traces (
  -- An onboarding, a charge or a bulk onboarding.
  subject_id  text primary key,
  traceparent text not null,
  noted_at    timestamptz not null default now()
);
