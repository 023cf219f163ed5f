-- A saved method is tried without its customer first; where the bank wants the customer, it is tried again with them.
alter table payment_attempts add column customer_present boolean not null default false;
-- Whether the object was ever confirmed with the customer present, which the gateway remembers.
alter table payment_objects add column kept_for_later boolean not null default false;
