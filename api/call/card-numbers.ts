import type { Context } from 'hono'
import {
  findCardNumbers,
  containsCardNumber,
  withoutCardNumber,
  type FoundCard,
} from '../../domain/text/card-numbers.ts'
import { Failure, mostFields, type WrongField } from '../../domain/failure/failures.ts'
import { findContact } from '../../store/customers/contacts.ts'
import type { Caller } from './auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { paramOf } from './json-text.ts'

/** Fields that name a contact. One that is stored from before this rule can still be named. */
const contactFields = new Set([
  'contact_id',
  'customer_id',
  'external_ids',
  'external_id',
  'parent_customer_external_id',
])

const messages = {
  key: 'must not contain a card number in the name of a field',
  value: 'must not contain a card number',
}

const toField = ({ path, inKey }: FoundCard): WrongField => ({
  param: paramOf(path),
  message: inKey ? messages.key : messages.value,
})

function refusal(found: WrongField[]): Failure {
  const [first] = found
  return new Failure('invalid_request', first!.message, { param: first!.param, fields: found })
}

/**
 * Throws `invalid_request` where the body of a door's call or its Idempotency-Key holds a card number. Call it before
 * anything of the call is stored or sent.
 */
export async function refuseCardNumbers(d: ApiDependencies, c: Context, caller: Caller): Promise<void> {
  if (containsCardNumber(c.req.header('Idempotency-Key') ?? ''))
    throw refusal([{ param: 'Idempotency-Key', message: messages.value }])
  const body = c.get('body')
  const refused: WrongField[] = []
  const known = new Map<string, boolean>()
  // One after the other and each name once, as a body can have tens of thousands: the pool is everybody's.
  for (const place of body ? findCardNumbers(body) : []) {
    const name = contactNamedAt(body!, place)
    if (name !== undefined && !known.has(name))
      known.set(name, (await findContact(d.database, caller, name)) !== undefined)
    if (name === undefined || !known.get(name)) refused.push(toField(place))
    if (refused.length === mostFields) break
  }
  if (refused.length > 0) throw refusal(refused)
}

/** Returns the text at a place that names a contact; undefined at any other place. */
function contactNamedAt(body: Record<string, unknown>, { path: [field, index], inKey }: FoundCard): string | undefined {
  if (inKey || !contactFields.has(field!)) return undefined
  const value = body[field!]
  const name = Array.isArray(value) ? (value as unknown[])[Number(index)] : value
  return typeof name === 'string' ? name : undefined
}

/** Returns the path of a call as an answer may show it: without a part, or an end, that holds a card number. */
export const shownPath = (c: Context): string =>
  withoutCardNumber(
    c.req.path
      .split('/')
      .map((part) => (containsCardNumber(decoded(part)) ? '…' : part))
      .join('/'),
  )

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
