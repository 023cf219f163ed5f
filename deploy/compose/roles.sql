-- Creates the roles of the service and of Temporal, each with its own databases and password. Neither is a superuser.
-- Safe to repeat: the passwords become those of the environment. Run by psql, as the superuser.
\set ON_ERROR_STOP on
\getenv billing_password DATABASE_PASSWORD
\getenv temporal_password TEMPORAL_DATABASE_PASSWORD

-- A statement that fails is logged with its text, and these contain passwords.
set log_min_error_statement = panic;
set log_statement = none;
set log_min_duration_statement = -1;

select format('create role %I', name) from unnest(array['billing', 'temporal']) as name
where not exists (select from pg_roles where rolname = name) \gexec

alter role billing with login nosuperuser nocreatedb nocreaterole password :'billing_password';
alter role temporal with login nosuperuser nocreatedb nocreaterole password :'temporal_password';

select format('create database %I owner %I encoding ''UTF8'' template template0', name, owner)
from (values ('billing_onboarding', 'billing'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal'))
  as database (name, owner)
where not exists (select from pg_database where datname = name) \gexec

-- By default every role may connect to every database.
revoke all on database billing_onboarding, temporal, temporal_visibility, postgres from public;
