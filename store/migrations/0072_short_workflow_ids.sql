-- Short workflow ids (docs/decisions/0064-short-workflow-ids.md). Additive: the version before neither reads nor writes
-- these, and its onboardings keep the long id.

-- Whether the run of the onboarding has the id kind/customer instead of kind/environment/organization/customer.
alter table onboardings add column has_short_workflow_id boolean not null default false;

-- Which id the runs of new onboardings have: the short one from the start in a new installation, otherwise once
-- `restart-runs --workflow-ids short` has run.
create table workflow_ids (
  is_only   boolean primary key default true check (is_only),
  are_short boolean not null
);
insert into workflow_ids (are_short) select not exists (select from onboardings);
