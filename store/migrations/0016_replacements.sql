-- A replacement of an active customer's payment method is an onboarding that has nothing to charge (docs/decisions/0008).
alter table onboardings
  drop constraint onboardings_amount_check,
  add column kind text not null default 'onboarding' check (kind in ('onboarding', 'replacement')),
  -- Since when the new method is the customer's. After that nothing ends it but the old one being detached.
  add column swapped_at timestamptz,
  -- The object that the old method came by: where we attached it, it is detached before the replacement ends.
  add column replaced_onboarding_id text,
  add column replaced_k integer,
  add constraint onboardings_amount_check check (amount > 0 or kind = 'replacement'),
  add check (kind = 'onboarding' or (not require_initial and amount = 0 and coalesce(wanted_amount, 0) = 0 and billable_item_id is null)),
  add foreign key (replaced_onboarding_id, replaced_k) references payment_objects (onboarding_id, k);

-- What a saved method is known by, beside its label: brand, last four digits and expiry of a card, whose wallet it is.
alter table payment_objects add column method_label text, add column method_details jsonb;
alter table billing_customers add column payment_method_details jsonb;

-- Callers with their own form: the gateway's object that the form saves a card with is a session too.
alter table approval_sessions
  drop constraint approval_sessions_gateway_check,
  add constraint approval_sessions_gateway_check check (gateway in ('stripe', 'paypal')),
  -- The gateway customer that the card is saved with.
  add column gateway_customer_id text,
  -- The payment method that came of it, once it was handed in.
  add column method_id text;
