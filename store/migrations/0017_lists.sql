-- What the lists walk along: our ids are sorted by time.
create index billing_customers_listed on billing_customers (organization_id, environment, id);
create index charges_listed on charges (organization_id, environment, id);
create index api_keys_listed on api_keys (organization_id, environment, id);
create index brands_listed on brands (organization_id, id);
create index billable_items_by_id on billable_items (organization_id, environment, id);
create index enrollments_by_id on enrollments (organization_id, environment, id);
drop index events_listed;
create index events_listed on events (organization_id, environment, id);
