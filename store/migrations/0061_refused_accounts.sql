-- The account that a gateway rejects: another account of the organization is offered meanwhile. Null in rows from before.
alter table refused_gateways add column account_id text;
