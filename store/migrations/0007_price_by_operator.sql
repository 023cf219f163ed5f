-- What an operator wants charged instead, in minor units; 0 waives the charge. It takes effect when the payment object of the
-- old price was read as unable to pay.
alter table onboardings add column wanted_amount bigint check (wanted_amount >= 0);
-- Whether the initial charge is returned as soon as the customer is active: fixed when the onboarding begins, as the page says so.
alter table onboardings add column refund_initial boolean not null default false;
