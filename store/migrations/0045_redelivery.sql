-- Deliveries that did not arrive are few among many: their list, and what sends them again, must not read all others.
create index webhook_deliveries_undelivered on webhook_deliveries (endpoint_id, event_id)
  where state in ('failed', 'skipped');
