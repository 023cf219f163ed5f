import type Stripe from 'stripe'
import type { StripeState } from '../behavior/state.ts'
import { invalidRequest } from '../errors.ts'
import type { Input } from '../input.ts'
import { isCreatedIn, pageOf } from '../page-of.ts'
import type { StoredEvent } from '../webhooks/webhooks.ts'
import { shownUntil } from './lists.ts'

/** docs.stripe.com/api/events/list */
const mostTypes = 20
const keptFor = 30 * 86_400

/** Lists the account's events of the last 30 days, newest first, whether or not an endpoint gets them. */
export function listEvents(state: StripeState, input: Input): Stripe.ApiList<Stripe.Event> {
  const types = input.types as string[] | undefined
  if (types && types.length > mostTypes)
    throw invalidRequest(`Invalid array: you may pass up to ${mostTypes} types`, { param: 'types' })
  const [from, until] = [state.now() - keptFor, shownUntil(state)]
  const isShown = ({ event: { created, type } }: StoredEvent) =>
    created > from && created <= until && isCreatedIn(created, input.created) && (!types || types.includes(type))
  const all = state.journal.view<StoredEvent>('events', isShown).sort((a, b) => b.number - a.number)
  const { data, has_more } = pageOf(
    all.map(({ event }) => event),
    input,
  )
  return { object: 'list', data: structuredClone(data), has_more, url: '/v1/events' }
}
