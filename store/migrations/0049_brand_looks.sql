-- What else the hosted page shows of a brand. Null: not set, the page has a default.
alter table brands
  add column logo_dark_url text,
  add column corner text check (corner in ('square', 'rounded', 'pill')),
  add column font text check (font in ('system', 'serif', 'rounded', 'mono')),
  add column theme text check (theme in ('auto', 'light', 'dark')),
  add column legal_name text,
  add column statement_name text,
  add column terms_url text,
  add column privacy_url text,
  add column support_email text,
  add column support_phone text,
  add column support_url text;
