import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'
import { invalidRequest } from '../errors.ts'
import { requireText, type Input } from '../input.ts'
import { pageOf } from '../page-of.ts'
import type { StripeState } from '../behavior/state.ts'

/** An endpoint with what only the vendor knows: its secrets, and whether it gets events of connected accounts. */
export interface StoredEndpoint {
  endpoint: Stripe.WebhookEndpoint
  connect: boolean
  /** All of them sign. A rolled secret ends then, in seconds since the epoch. */
  secrets: { secret: string; ends?: number | undefined }[]
}

// docs.stripe.com/webhooks: "you can register up to 16".
const mostEndpoints = 16
const collection = 'webhook_endpoints'

const find = (state: StripeState, id: string) =>
  state.find<StoredEndpoint>(collection, 'webhook endpoint', id, 'webhook_endpoint')

export const endpointsOf = (state: StripeState): StoredEndpoint[] => state.journal.list<StoredEndpoint>(collection)

const put = (state: StripeState, stored: StoredEndpoint): Stripe.WebhookEndpoint => {
  state.journal.put(collection, stored.endpoint.id, stored)
  return stored.endpoint
}

const newSecret = () => `whsec_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`

/** Throws for an address that the vendor rejects. Unlike the vendor, accepts addresses of this machine. */
function checkUrl(value: string, livemode: boolean): void {
  const refuse = (message: string) => invalidRequest(`Invalid URL: ${message}`, { code: 'url_invalid', param: 'url' })
  if (!/^https?:\/\//.test(value)) throw refuse('An explicit scheme (such as https) must be provided.')
  if (!URL.canParse(value)) throw refuse('Not a valid URL')
  if (livemode && !value.startsWith('https:')) throw refuse('URL must be HTTPS in live mode.')
}

/** Returns the event types of a call. Names are complete: a wildcard is only `*` alone. */
function eventsOf(input: Input): Stripe.WebhookEndpoint['enabled_events'] {
  const { enabled_events: events } = input
  if (!Array.isArray(events) || events.length === 0)
    throw invalidRequest('Missing required param: enabled_events.', {
      code: 'parameter_missing',
      param: 'enabled_events',
    })
  const wrong = (events as string[]).findIndex((name) => name !== '*' && !/^[a-z_0-9]+(\.[a-z_0-9]+)+$/.test(name))
  if (wrong >= 0)
    throw invalidRequest(`Invalid enabled_events[${wrong}]: must be one of the vendor's event types`, {
      param: `enabled_events[${wrong}]`,
    })
  return events as string[]
}

/** Returns the texts of a call. An empty value of metadata removes its key; other keys stay. */
function texts({ description, metadata }: Input, before: Stripe.Metadata = {}) {
  const merged = metadata === '' ? {} : { ...before, ...(metadata as Stripe.Metadata | undefined) }
  return {
    ...(description === undefined ? {} : { description: (description as string) || null }),
    metadata: Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== '')),
  }
}

/** Creates an endpoint. Only this response has its secret. */
export function createEndpoint(state: StripeState, input: Input): Stripe.WebhookEndpoint {
  const url = requireText(input, 'url')
  checkUrl(url, state.livemode)
  const enabled_events = eventsOf(input)
  const api_version = (input.api_version as string | undefined) ?? null
  if (api_version !== null && !/^\d{4}-\d\d-\d\d(\.[a-z]+)?$/.test(api_version))
    throw invalidRequest(`Invalid Stripe API version: ${api_version}`, { param: 'api_version' })
  if (state.journal.count(collection) >= mostEndpoints)
    throw invalidRequest(
      `You have reached the maximum of ${mostEndpoints} ${state.livemode ? 'live' : 'test'} webhook endpoints.`,
    )
  const connect = input.connect === 'true'
  const secret = newSecret()
  const endpoint: Stripe.WebhookEndpoint = {
    id: state.newId('we'),
    object: 'webhook_endpoint',
    api_version,
    application: connect ? `ca_${state.id.slice(5)}` : null,
    created: state.now(),
    description: null,
    enabled_events,
    livemode: state.livemode,
    status: 'enabled',
    url,
    ...texts(input),
  }
  return { ...put(state, { endpoint, connect, secrets: [{ secret }] }), secret }
}

export const readEndpoint = (state: StripeState, _input: Input, id: string) => find(state, id).endpoint

/** Lists endpoints, newest first. */
export function listEndpoints(state: StripeState, input: Input): Stripe.ApiList<Stripe.WebhookEndpoint> {
  const all = endpointsOf(state).map(({ endpoint }) => endpoint)
  return { object: 'list', ...pageOf(all.reverse(), input), url: '/v1/webhook_endpoints' }
}

export function updateEndpoint(state: StripeState, input: Input, id: string): Stripe.WebhookEndpoint {
  const stored = find(state, id)
  if (input.url !== undefined) checkUrl(requireText(input, 'url'), state.livemode)
  const endpoint = {
    ...stored.endpoint,
    ...texts(input, stored.endpoint.metadata),
    ...(input.url === undefined ? {} : { url: input.url as string }),
    ...(input.enabled_events === undefined ? {} : { enabled_events: eventsOf(input) }),
    ...(input.disabled === undefined ? {} : { status: input.disabled === 'true' ? 'disabled' : 'enabled' }),
  }
  return put(state, { ...stored, endpoint })
}

export function deleteEndpoint(state: StripeState, _input: Input, id: string): Stripe.DeletedWebhookEndpoint {
  find(state, id)
  state.journal.remove(collection, id)
  return { id, object: 'webhook_endpoint', deleted: true }
}

/** Rolls an endpoint's secret, as the dashboard does: the old one signs as well for these seconds. */
export function rollSecret(state: StripeState, id: string, after: number): string {
  const stored = find(state, id)
  const secret = newSecret()
  const old = stored.secrets.map((each) => ({ ...each, ends: each.ends ?? state.now() + after }))
  put(state, { ...stored, secrets: [{ secret }, ...old] })
  return secret
}

/** Returns the secrets that sign now, the newest first. */
export const signingSecrets = ({ secrets }: StoredEndpoint, now: number): string[] =>
  secrets.filter(({ ends = Infinity }) => ends > now).map(({ secret }) => secret)
