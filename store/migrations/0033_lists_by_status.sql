-- Lists filtered by a status that few have: without these, every billing customer of the organization is read.
create index onboardings_by_result on onboardings (organization_id, environment, result, billing_customer_id)
  where kind = 'onboarding';
create index billing_customers_by_status on billing_customers (organization_id, environment, status, id);
