-- Pull endpoints: the caller fetches their events and acknowledges them (docs/decisions/0038).
alter table webhook_endpoints
  -- Seconds without a pull after which the endpoint is deleted.
  add column idle_timeout integer check (idle_timeout > 0),
  add check ((kind = 'pull') = (idle_timeout is not null));
-- What housekeeping reads.
create index webhook_endpoints_pull on webhook_endpoints (id) where kind = 'pull' and deleted_at is null;

alter table webhook_health add column pulled_at timestamptz;
-- Until when a pulled delivery is hidden from other pulls.
alter table webhook_deliveries add column leased_until timestamptz;
