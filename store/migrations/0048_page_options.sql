-- Options of the hosted page, one set per onboarding. The addresses are in these rows alone, not in histories or logs.
-- Languages are not constrained: an older release may read one that a newer release added.
alter table onboardings
  add column page_locale text,
  add column return_url text,
  add column cancel_url text,
  add column on_completion text check (on_completion in ('stay', 'button', 'redirect')),
  add column page_theme text check (page_theme in ('auto', 'light', 'dark')),
  add check (return_url is not null or coalesce(on_completion, 'stay') = 'stay');
