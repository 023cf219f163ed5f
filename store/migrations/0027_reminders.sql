-- Every call of an organization reads its settings. Longer lists than may be set now were stored before there was a limit.
update settings
set value = (
    select jsonb_agg(entry order by place) from jsonb_array_elements(value) with ordinality as entries (entry, place)
    where place <= 20
  ), updated_at = now()
where name = 'reminders_seconds' and case when jsonb_typeof(value) = 'array' then jsonb_array_length(value) > 20 end;
