-- outside a transaction
-- Few rows: charges that are to be read at their gateway, and paid ones that its lists have not shown yet.
create index concurrently if not exists charges_differ on charges (account_id, id) where differs_since is not null;
create index concurrently if not exists charges_unlisted on charges (account_id, unlisted_since)
  where unlisted_since is not null;
