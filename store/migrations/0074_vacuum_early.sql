-- Tables whose rows change or go after each onboarding: by default PostgreSQL vacuums a table of a million rows after
-- 200,000 of them, and until then its indexes of what is due are read through dead rows. Additive.

do $$
declare hot text;
begin
  foreach hot in array array[
    'onboardings', 'billing_customers', 'payment_objects', 'payment_attempts', 'charges', 'idempotency_keys',
    'rate_limits', 'bulk_rows'
  ] loop
    execute format(
      'alter table %I set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)', hot);
  end loop;
end $$;
