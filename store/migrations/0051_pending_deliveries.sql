-- One index for what reads pending deliveries by time, one for what reads them by billing customer. Each has a
-- condition of its own (store/webhooks/deliveries/pending.ts), so that old statistics, which say that nothing is
-- pending, cannot make PostgreSQL read all of a backlog through the other index.
drop index webhook_deliveries_due;
drop index webhook_deliveries_lane;
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, event_id)
  where state = 'pending' and due_at > '-infinity';
create index webhook_deliveries_lane on webhook_deliveries (endpoint_id, billing_customer_id, sequence)
  where state = 'pending' and happened_at > '-infinity';
