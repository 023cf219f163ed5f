-- The first of the wakes that are counted in `wakes`. Many can come within a minute, which says nothing about the run.
alter table onboardings add column first_wake_at timestamptz;
