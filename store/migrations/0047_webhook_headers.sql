-- Own request headers of webhook endpoints. Their values are credentials, sealed like the secrets that sign.
alter table webhook_endpoints
  add column header_names text[] not null default '{}',
  add column sealed_headers bytea,
  add check ((sealed_headers is null) = (cardinality(header_names) = 0));
