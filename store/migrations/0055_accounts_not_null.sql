-- Every row has its account (0054), which the valid constraints prove: no row is read here. Each in a statement of its
-- own: within one, the constraint would be dropped before it proves anything.
alter table payment_objects alter column account_id set not null;
alter table payment_objects drop constraint payment_objects_account;
alter table payment_attempts alter column account_id set not null;
alter table payment_attempts drop constraint payment_attempts_account;
alter table charges alter column account_id set not null;
alter table charges drop constraint charges_account;
alter table gateway_customers alter column account_id set not null;
alter table gateway_customers drop constraint gateway_customers_account;
alter table gateway_events alter column account_id set not null;
alter table gateway_events drop constraint gateway_events_account;
alter table method_removals alter column account_id set not null;
alter table method_removals drop constraint method_removals_account;
alter table approval_sessions alter column account_id set not null;
alter table approval_sessions drop constraint approval_sessions_account;
