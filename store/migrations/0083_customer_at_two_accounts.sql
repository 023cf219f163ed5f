-- A customer can be at two accounts of a gateway that stores our customer id. No statement of any release names this
-- constraint, and the version before may write on.
alter table gateway_customers drop constraint gateway_customers_environment_gateway_gateway_customer_id_key;
