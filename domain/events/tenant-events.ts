import { actorKey, changed, event, id, sometimes } from './event-fields.ts'

const customer = { customer_id: id('customer', 'The customer'), ...actorKey }
const brand = { brand_id: id('brand', 'The brand'), ...actorKey }
const item = { billable_item_id: id('billableItem', 'The item'), ...actorKey }
const apiKey = { api_key_id: id('apiKey', 'The API key'), ...actorKey }

/** Events of a tenant that belong to no billing customer. They have no `sequence`. */
export const tenantEvents = {
  'customer.created': event('A customer was created.', customer),
  'customer.updated': event('A customer was changed.', { ...customer, changed: changed('email', 'metadata') }),
  'customer.deleted': event('A customer was deleted.', customer),
  'brand.created': event('A brand was created.', brand),
  'brand.updated': event('A brand was changed.', { ...brand, changed: changed('logo_url') }),
  'billable_item.created': event('A billable item was created.', item),
  'billable_item.updated': event('A billable item was changed.', { ...item, changed: changed('status') }),
  'api_key.created': event('An API key was created.', {
    ...apiKey,
    rotated_from: sometimes(id('apiKey', 'Present if the key replaces another one: the old key')),
  }),
  'api_key.updated': event('An API key was changed: a rotated key expires.', {
    ...apiKey,
    changed: changed('expires_at'),
  }),
  'api_key.revoked': event('An API key was revoked.', apiKey),
  'settings.changed': event('Settings were changed.', { changed: changed('link_life_seconds'), ...actorKey }),
}
