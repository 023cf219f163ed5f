-- Cards that were tried on a caller's own form. They count for the guard, and are no tries to charge.
alter table payment_attempts add column on_form boolean not null default false;
update payment_attempts set on_form = true
where single_use and gateway = 'stripe' and amount = 0 and reference like 'setatt\_%';

alter table approval_sessions
  -- When a bank was asked about the form's newest card, while it has not declined: it asks the customer, or the card is
  -- saved. It counts for the guard until the card is handed in.
  add column asked_at timestamptz,
  -- The setup link of that time.
  add column asked_link integer,
  -- The number of the next call that cancels the form: one whose stored answer is a failure is repeated under another.
  add column c integer not null default 0;
create index approval_sessions_asked on approval_sessions (asked_at) where asked_at is not null;
