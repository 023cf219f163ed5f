-- Where a submission came from, as a keyed hash, for the window in which declines are counted and no longer.
alter table payment_attempts add column address_hash text;
create index payment_attempts_address on payment_attempts (address_hash, closed_at) where address_hash is not null and state = 'declined';
create index payment_attempts_declined on payment_attempts (closed_at) where state = 'declined';
