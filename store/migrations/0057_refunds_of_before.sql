-- outside a transaction
create index concurrently if not exists charges_wake on charges (wake_at) where wake_at is not null;

-- Refunds from before this table whose id is known. The others are read at the gateway when they are looked at.
insert into refunds (id, charge_id, source, amount, rest, state, r, gateway_refund_id, created_at)
select 'rfd_' || split_part(c.id, '_', 2), c.id,
  case when o.result = 'completed' then 'policy' else 'undo' end, c.amount, true,
  case c.state when 'refunded' then 'succeeded' when 'refund_failed' then 'failed' else 'pending' end,
  c.r, c.refund_id, c.created_at
from charges c join onboardings o on o.id = c.onboarding_id
where c.refund_id is not null and c.state in ('refund_pending', 'refunded', 'refund_failed')
on conflict do nothing;
