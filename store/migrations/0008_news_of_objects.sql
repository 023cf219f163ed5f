-- Set by news of the gateway that nobody was looking for just then; cleared when the object was read.
alter table payment_objects add column news_at timestamptz;
