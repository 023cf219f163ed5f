-- An object that is created and paid in one call: its id comes with the answer only, so the row is all that is known until then.
alter table payment_objects add column at_once boolean not null default false;
-- When it was asked for first: for a while after that a repeated call is answered with what became of the first one.
alter table payment_objects add column sent_at timestamptz;

-- A payment method that we made and that came to no payment was taken back.
alter table payment_attempts add column method_gone_at timestamptz;
