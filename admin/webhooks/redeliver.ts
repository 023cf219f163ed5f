import { z } from 'zod'
import { byOperator } from '../../domain/events/author.ts'
import { whyNotFilter } from '../../domain/events/event-filter.ts'
import { invalid, notFound } from '../../domain/failure/failures.ts'
import { isStorableTime, timeRule, yearsRule } from '../../domain/text/times.ts'
import { redeliverableStates } from '../../domain/webhooks/endpoint.ts'
import { redeliverOne, redeliverRange, type RedeliveryRange } from '../../store/webhooks/deliveries/redeliver.ts'
import { command } from '../command.ts'
import { isPast, operator, option, pastRule, text } from '../options.ts'
import { checkEnabled, endpoint, requireEndpoint } from './endpoint.ts'

const time = z.iso
  .datetime({ offset: true, error: timeRule })
  .transform((given) => new Date(given))
  .refine(isStorableTime, yearsRule)
const list = <Entry extends z.ZodType>(entry: Entry) =>
  z.preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(entry))

const entry = z.string().superRefine((given, context) => {
  const message = whyNotFilter(given)
  if (message) context.addIssue({ code: 'custom', message })
})
const states = list(z.enum(redeliverableStates)).default(['failed', 'skipped'])

/** Sends one delivery again, or all deliveries of a period: the command repeats the call until none is left. */
export const redeliverCommand = command(
  'Send deliveries of a webhook endpoint again: one event, or those of a period',
  {
    endpoint,
    event: option(text.optional(), 'evt_…', 'this event, regardless of its state'),
    from: option(
      time.refine(isPast, pastRule).optional(),
      'time',
      'RFC 3339; at most the last 30 days are sent; required without --event',
    ),
    before: option(time.optional(), 'time', 'default: now'),
    states: option(states, 'state,state', 'of delivered, failed, skipped; default: failed,skipped'),
    types: option(list(entry).optional(), 'type,type', 'types of events, or groups such as charge.*; default: all'),
    backfill: option(
      z.enum(['true', 'false']).default('false'),
      'true|false',
      'also events from before the endpoint was created or subscribed to their type',
    ),
    operator,
  },
  async ({ database }, { event, from, before = new Date(), states, types, operator, ...input }) => {
    const found = await requireEndpoint(database, input.endpoint)
    checkEnabled(found)
    const by = byOperator(operator)
    if (event !== undefined) {
      if (!(await redeliverOne(database, found, event, by))) throw notFound('Delivery', '--event')
      return { endpoint: found.id, count: 1 }
    }
    if (!from) throw invalid('--from', 'is required without --event')
    if (from >= before) throw invalid('--before', 'must be after --from')
    const range: RedeliveryRange = { from, before, states, types, backfill: input.backfill === 'true' }
    let count = 0
    for (let cursor: string | null | undefined; cursor !== null;) {
      const redelivered = await redeliverRange(database, found, { ...range, cursor: cursor ?? undefined }, by)
      count += redelivered.count
      cursor = redelivered.nextCursor
    }
    return { endpoint: found.id, count }
  },
)
