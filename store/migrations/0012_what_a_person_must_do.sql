-- Why an onboarding waits for an operator: a code of ours, null where it does not.
alter table onboardings add column blocked_reason text;
