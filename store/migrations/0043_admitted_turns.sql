-- Whose turn it was that was taken: a later question of the contact can come from another source, or find it no longer
-- known, and must not change the turns that count.
alter table admission_queue
  add column admitted_source text,
  add column admitted_known boolean;
