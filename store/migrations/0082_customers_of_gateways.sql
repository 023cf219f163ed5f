-- outside a transaction
-- One organization has a gateway customer, whoever shares the account. Not so for a gateway that stores our customer id
-- in place of an id of its own: a customer has the same one at each account. Replaces the constraint that 0083 drops.
create unique index concurrently if not exists gateway_customers_of_gateway
  on gateway_customers (environment, gateway, gateway_customer_id) where gateway_customer_id <> customer_id;
