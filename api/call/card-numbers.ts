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

/** Fields that name a contact. A contact that was stored before this rule can still be named. */
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

/** Throws `invalid_request` if the query of a call contains a card number, for a call that stores its query. */
export function refuseCardNumbersInQuery(c: Context): void {
  const found = findCardNumbers(c.req.query())
  if (found.length > 0) throw refusal(found.map(toField))
}

/**
 * Throws `invalid_request` if the body of a call or its Idempotency-Key contains a card number. Must run before any
 * part of the call is stored or sent.
 */
export async function refuseCardNumbers(d: ApiDependencies, c: Context, caller: Caller): Promise<void> {
  if (containsCardNumber(c.req.header('Idempotency-Key') ?? ''))
    throw refusal([{ param: 'Idempotency-Key', message: messages.value }])
  const body = c.get('body')
  const refused: WrongField[] = []
  const known = new Map<string, boolean>()
  // In sequence and each name once, because a body can have tens of thousands and the connection pool is shared.
  for (const place of body ? findCardNumbers(body) : []) {
    const name = contactNamedAt(body!, place)
    if (name !== undefined && !known.has(name))
      known.set(name, (await findContact(d.database, caller, name)) !== undefined)
    if (name === undefined || !known.get(name)) refused.push(toField(place))
    if (refused.length === mostFields) break
  }
  if (refused.length > 0) throw refusal(refused)
}

/** Returns the contact that is named at a place in the body; undefined if the place names none. */
function contactNamedAt(body: Record<string, unknown>, { path: [field, index], inKey }: FoundCard): string | undefined {
  if (inKey || !contactFields.has(field!)) return undefined
  const value = body[field!]
  const name = Array.isArray(value) ? (value as unknown[])[Number(index)] : value
  return typeof name === 'string' ? name : undefined
}

/** Returns the path of a call for display, without segments that contain a card number. */
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
