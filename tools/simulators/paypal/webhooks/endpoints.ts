import { z } from 'zod'
import { link, type Ask, type Call } from '../behavior/call.ts'
import { PayPalAnswer } from '../errors.ts'
import { read, text } from '../input.ts'
import type { PayPalState } from '../behavior/state.ts'

/** A webhook of an account's app: developer.paypal.com/api/webhooks/v1. */
export interface Webhook {
  id: string
  url: string
  event_types: string[]
}

const collection = 'webhooks'
/** "An app can have at most 10 webhooks." */
const mostWebhooks = 10

const eventTypes = z
  .array(z.object({ name: z.string().regex(/^(\*|[A-Z]+([.-][A-Z]+)+)$/) }))
  .min(1)
  .max(500)
const address = text(2048).refine(isAccepted)
const newWebhook = z.strictObject({ url: address, event_types: eventTypes })
const patch = z
  .array(
    z.union([
      z.strictObject({ op: z.literal('replace'), path: z.literal('/url'), value: address }),
      z.strictObject({ op: z.literal('replace'), path: z.literal('/event_types'), value: eventTypes }),
    ]),
  )
  .min(1)

/** PayPal accepts only HTTPS. The simulator also accepts HTTP on this machine. */
function isAccepted(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname))
}

export const webhooksOf = ({ journal }: PayPalState): Webhook[] => journal.list<Webhook>(collection)

function find({ journal }: PayPalState, id: string): Webhook {
  const found = journal.get<Webhook>(collection, id)
  if (!found)
    throw new PayPalAnswer(404, [], { named: { name: 'INVALID_RESOURCE_ID', message: 'Resource id is invalid' } })
  return found
}

function checkNew(state: PayPalState, url: string, id?: string): void {
  const refuse = (name: string, message: string) => new PayPalAnswer(400, [], { named: { name, message } })
  if (webhooksOf(state).some((other) => other.url === url && other.id !== id))
    throw refuse('WEBHOOK_URL_ALREADY_EXISTS', 'Webhook URL already exists')
  if (id === undefined && state.journal.count(collection) >= mostWebhooks)
    throw refuse('WEBHOOK_NUMBER_LIMIT_EXCEEDED', `You have reached the maximum limit of ${mostWebhooks} webhooks.`)
}

function createWebhook(state: PayPalState, { body }: Ask) {
  const { url, event_types } = read(newWebhook, body)
  checkNew(state, url)
  const webhook: Webhook = { id: state.newId(), url, event_types: event_types.map(({ name }) => name) }
  state.journal.put(collection, webhook.id, webhook)
  return { id: webhook.id, events: [] }
}

function patchWebhook(state: PayPalState, { id, body }: Ask) {
  let webhook = find(state, id)
  for (const change of read(patch, body)) {
    if (change.path === '/url') checkNew(state, change.value, id)
    webhook =
      change.path === '/url'
        ? { ...webhook, url: change.value }
        : { ...webhook, event_types: change.value.map(({ name }) => name) }
  }
  state.journal.put(collection, id, webhook)
  return { id, events: [] }
}

function deleteWebhook(state: PayPalState, { id }: Ask) {
  find(state, id)
  state.journal.remove(collection, id)
  return { id, events: [] }
}

function view(state: PayPalState, id: string) {
  const { url, event_types } = find(state, id)
  const self = `${state.url}${path}/${id}`
  return {
    id,
    url,
    event_types: event_types.map((name) => ({ name, description: `${name} of the simulator` })),
    links: [link(self, 'self'), link(self, 'update', 'PATCH'), link(self, 'delete', 'DELETE')],
  }
}

const path = '/v1/notifications/webhooks'
const api = 'notifications'

export const webhookCalls: Call[] = [
  { method: 'POST', path, api, run: createWebhook, view },
  { method: 'GET', path, api, read: (state) => ({ webhooks: webhooksOf(state).map(({ id }) => view(state, id)) }) },
  { method: 'GET', path: `${path}/:id`, api, read: (state, { id }) => view(state, id) },
  { method: 'PATCH', path: `${path}/:id`, api, run: patchWebhook, view },
  { method: 'DELETE', path: `${path}/:id`, api, run: deleteWebhook },
]
