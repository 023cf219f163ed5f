-- Payment methods that a caller brings along from the gateway. Not validated here: existing rows met the stricter check,
-- and reading them all would block writers.
alter table payment_attempts drop constraint payment_attempts_source_check;
alter table payment_attempts add constraint payment_attempts_source_check
  check (source in ('page', 'api', 'imported')) not valid;
