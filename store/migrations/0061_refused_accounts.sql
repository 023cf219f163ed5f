-- The account that a gateway rejects: another account of the organization is offered meanwhile. Null in rows of earlier
-- releases.
alter table refused_gateways add column account_id text;

-- False once a verification found that no payment can begin with the account. Nothing else shows that it is usable again
-- than another verification, other keys, or an operator's word.
alter table gateway_accounts add column is_usable boolean not null default true;
