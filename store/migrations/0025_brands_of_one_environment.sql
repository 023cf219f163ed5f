alter table brands add column environment text check (environment in ('live', 'sandbox'));
-- The brand that this one was split from. Calls of this environment that name that one mean this one.
alter table brands add column split_from text references brands;
-- The brands that its links named before; a null brand is named 1. Links that were given out keep working.
alter table billing_customers add column former_brand_ids text[] not null default '{}';

-- Where an organization has keys or billing customers, it may use its brands. Live keeps the id of a brand; sandbox
-- keeps it where live is not used at all. One that nobody uses yet is had in both.
create temporary table brand_uses on commit drop as
  select o.id as organization_id,
    exists (select 1 from api_keys k where k.organization_id = o.id and k.environment = 'live')
      or exists (select 1 from billing_customers b where b.organization_id = o.id and b.environment = 'live') as live,
    exists (select 1 from api_keys k where k.organization_id = o.id and k.environment = 'sandbox')
      or exists (select 1 from billing_customers b where b.organization_id = o.id and b.environment = 'sandbox') as sandbox
  from organizations o;

update brands r set environment = case when u.sandbox and not u.live then 'sandbox' else 'live' end
  from brand_uses u where u.organization_id = r.organization_id;
alter table brands alter column environment set not null;

alter table billing_customers drop constraint billing_customers_brand_id_organization_id_fkey;
alter table brands drop constraint brands_id_organization_id_key;
alter table brands add unique (id, organization_id, environment);
alter table brands add unique (split_from);

-- An id of the same time: lists go by id.
insert into brands (id, organization_id, environment, name, logo_url, colour, support_contact, created_at, split_from)
  select 'brand_' || substr(r.id, 7, 10) || right(replace(gen_random_uuid()::text, '-', ''), 16),
    r.organization_id, 'sandbox', r.name, r.logo_url, r.colour, r.support_contact, r.created_at, r.id
  from brands r join brand_uses u on u.organization_id = r.organization_id
  where r.environment = 'live' and (u.sandbox or not u.live)
  order by r.number;

update billing_customers b set brand_id = r.id, former_brand_ids = array[b.brand_id]
  from brands r where b.environment = 'sandbox' and r.split_from = b.brand_id;

alter table billing_customers add foreign key (brand_id, organization_id, environment)
  references brands (id, organization_id, environment);
drop index brands_listed;
create index brands_listed on brands (organization_id, environment, id);
