-- What an object that is created and paid in one call says of its payer: approved just before, or charged without being asked. A repeated
-- call must say the same; null where it was asked for before this was noted.
alter table payment_objects add column payer_present boolean;
