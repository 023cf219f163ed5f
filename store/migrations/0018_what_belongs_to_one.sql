-- What is asked of one billing customer, and at each step of its onboarding, must not read what belongs to all others.
create index charges_of_billing_customer on charges (billing_customer_id, id);
create index charges_of_onboarding on charges (onboarding_id);
create index enrollments_of_billing_customer on enrollments (billing_customer_id, id);
