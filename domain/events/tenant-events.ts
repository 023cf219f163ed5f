import { gatewayNames } from '../lifecycle.ts'
import { disabledReasons } from '../webhooks/endpoint.ts'
import { actorKey, changed, event, id, oneOf, sometimes, whole } from './event-fields.ts'

const customer = { customer_id: id('customer', 'The customer'), ...actorKey }
const brand = { brand_id: id('brand', 'The brand'), ...actorKey }
const item = { billable_item_id: id('billableItem', 'The item'), ...actorKey }
const endpoint = { webhook_endpoint_id: id('webhookEndpoint', 'The webhook endpoint') }
const apiKey = { api_key_id: id('apiKey', 'The API key'), ...actorKey }
const account = {
  gateway_account_id: id('gatewayAccount', 'The gateway account'),
  gateway: oneOf(gatewayNames, 'The gateway'),
  ...actorKey,
}
const bulk = { bulk_onboarding_id: id('bulkOnboarding', 'The bulk onboarding') }
const bulkRows = { rows: whole('The number of its rows that are ready', 100) }

/** Events of a tenant that belong to no billing customer. They have no `sequence`. */
export const tenantEvents = {
  'customer.created': event('A customer was created.', customer),
  'customer.updated': event('A customer was changed.', { ...customer, changed: changed('email', 'metadata') }),
  'customer.exported': event(
    'Everything that is held about a customer was retrieved (docs/data-protection.md).',
    customer,
  ),
  'customer.deleted': event('A customer was deleted.', customer),
  'customer.erased': event(
    'The personal data of a deleted customer was erased, here and at the gateways (docs/data-protection.md).',
    { customer_id: customer.customer_id },
  ),
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
  'webhook_endpoint.created': event('A webhook endpoint was created.', { ...endpoint, ...actorKey }),
  'webhook_endpoint.updated': event('A webhook endpoint was changed.', {
    ...endpoint,
    changed: changed('url', 'types'),
    ...actorKey,
  }),
  'webhook_endpoint.deleted': event(
    'A webhook endpoint was deleted. If the actor is system, it was not pulled within its idle timeout.',
    { ...endpoint, ...actorKey },
  ),
  'webhook_endpoint.secret_rotated': event("A webhook endpoint's secret was rotated.", { ...endpoint, ...actorKey }),
  'webhook_endpoint.failing': event('A webhook endpoint has accepted nothing for an hour.', endpoint),
  'webhook_endpoint.recovered': event('A webhook endpoint that was failing accepts events again.', endpoint),
  'webhook_endpoint.disabled': event('A webhook endpoint was disabled. It collects events, but none are sent.', {
    ...endpoint,
    why: oneOf(
      disabledReasons,
      'No success for 72 hours (failing), the receiver returned 410 (gone), or who disabled it',
    ),
    ...actorKey,
  }),
  'webhook_endpoint.enabled': event('A disabled webhook endpoint was enabled.', { ...endpoint, ...actorKey }),
  'webhook_endpoint.test': event('A test of a webhook endpoint, sent only to this endpoint.', {
    ...endpoint,
    ...actorKey,
  }),
  'webhook_endpoint.redelivered': event('Deliveries of a webhook endpoint are sent again on request.', {
    ...endpoint,
    count: whole('The number of deliveries', 812),
    last_event_id: id('event', 'The last of their events'),
    ...actorKey,
  }),
  'gateway_account.created': event('A gateway account was connected.', account),
  'gateway_account.verified': event('A gateway account was verified: it can be used.', account),
  'gateway_account.problem': event(
    'The verification of a gateway account found a problem, or the gateway does not permit it to charge.',
    account,
  ),
  'gateway_account.rotated': event('Keys of a gateway account were replaced.', account),
  'gateway_account.drained': event('Nothing new begins with a gateway account any more.', account),
  'gateway_account.disabled': event('Nothing more is charged with a gateway account.', account),
  'gateway_account.activated': event(
    'A gateway account is used for what begins: it was pending, draining or disabled.',
    account,
  ),
  'settings.changed': event('Settings were changed.', { changed: changed('link_life_seconds'), ...actorKey }),
  'bulk_onboarding.started': event('A bulk onboarding was started: its rows are being onboarded.', {
    ...bulk,
    ...bulkRows,
    ...actorKey,
  }),
  'bulk_onboarding.paused': event('A bulk onboarding was paused.', {
    ...bulk,
    reason: oneOf(['operator', 'many_failures'], 'Whether someone paused it, or too many rows failed'),
    ...actorKey,
  }),
  'bulk_onboarding.resumed': event('A paused bulk onboarding was resumed.', { ...bulk, ...actorKey }),
  'bulk_onboarding.updated': event('The pace of a bulk onboarding was changed.', {
    ...bulk,
    changed: changed('rows_per_second'),
    ...actorKey,
  }),
  'bulk_onboarding.retried': event('Failed rows of a bulk onboarding are being onboarded again.', {
    ...bulk,
    ...bulkRows,
    ...actorKey,
  }),
  'bulk_onboarding.canceled': event('A bulk onboarding was canceled. The remaining rows are skipped.', {
    ...bulk,
    done: whole('The number of rows that were completed before', 100),
    ...actorKey,
  }),
  'bulk_onboarding.completed': event('All rows of a bulk onboarding are finished.', {
    ...bulk,
    done: whole('The number of completed rows', 99_960),
    failed: whole('The number of rows that failed', 1),
  }),
}
