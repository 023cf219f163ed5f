-- outside a transaction
-- What deleting old gateway events reads. Additive.
create index concurrently if not exists gateway_events_received on gateway_events (received_at) where state = 'done';
