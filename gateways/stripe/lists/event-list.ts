import type { PaymentGateway } from '../../gateway.ts'
import { stripeEvents } from '../access/account-access.ts'
import type { StripeConnection } from '../client.ts'
import { call } from '../errors.ts'
import { readListedEvent } from '../events.ts'
import { createdIn, limit } from './listed.ts'

/** At most 20, as many as the list takes (docs.stripe.com/api/events/list). */
const types = [...stripeEvents]

/**
 * Returns the part of the gateway that lists the account's events of the last 30 days, newest first. `connectedId`:
 * Stripe's id of a connected account.
 */
export const eventList = ({ stripe, livemode }: StripeConnection, connectedId?: string) =>
  ({
    listEvents: (period, after) =>
      call(async () => {
        const page = { types, limit, created: createdIn(period), ...(after ? { starting_after: after } : {}) }
        const { data, has_more } = await stripe.events.list(page)
        const events = data.map((event) => readListedEvent(event, livemode, connectedId))
        return { events, next: has_more ? events.at(-1)!.id : null }
      }),
  }) satisfies Partial<PaymentGateway>
