-- Every row has its account (0054), which the valid constraints prove: nothing is read here.
alter table payment_objects alter column account_id set not null, drop constraint payment_objects_account;
alter table payment_attempts alter column account_id set not null, drop constraint payment_attempts_account;
alter table charges alter column account_id set not null, drop constraint charges_account;
alter table gateway_customers alter column account_id set not null, drop constraint gateway_customers_account;
alter table gateway_events alter column account_id set not null, drop constraint gateway_events_account;
alter table method_removals alter column account_id set not null, drop constraint method_removals_account;
alter table approval_sessions alter column account_id set not null, drop constraint approval_sessions_account;
