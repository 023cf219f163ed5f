import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { listChargesToRead, recordRead, type ChargeToRead } from '../../store/charges/charges-to-check.ts'
import { checkCharge } from './check-charge.ts'

/** `refunding`: charges with a pending refund. `after`: the last charge that was read; undefined if all were. */
export interface ReadCharges {
  checked: number
  failed: number
  refunding: string[]
  after?: string
}

/** How many charges are read at the same time. */
const atOnce = 5
/** Bounds what one step returns. */
const most = 200

/**
 * Reads the charges of an account that its lists show otherwise, or each recent one if it cannot be listed, until the
 * time of the step is over. A charge that cannot be read stays marked for the next round. Throws the gateway's error if
 * it answers none of a group.
 */
export async function readCharges(
  d: ActivityDependencies,
  of: { accountId: string; eachRecent: boolean },
  from: string,
  isOver: () => boolean,
): Promise<ReadCharges> {
  const read: ReadCharges = { checked: 0, failed: 0, refunding: [] }
  let after = from
  while (read.checked < most && !isOver()) {
    const charges = await listChargesToRead(d.database, of, after, atOnce)
    const results = await Promise.allSettled(charges.map((charge) => readOne(d, charge)))
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    for (const error of errors) if (!isGatewayError(error)) throw error
    if (errors.length > 0 && errors.length === charges.length && errors.every(isAway)) throw errors[0]
    read.checked += charges.length
    read.failed += errors.length
    read.refunding.push(...results.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])))
    if (charges.length < atOnce) return read
    after = charges.at(-1)!.id
  }
  return { ...read, after }
}

const isAway = (error: unknown) => isGatewayError(error, 'unknown', 'not_now')

/** Returns the charge if a refund of it is pending. */
async function readOne(d: ActivityDependencies, charge: ChargeToRead): Promise<string[]> {
  const checked = await checkCharge(d, charge.id)
  if (!checked?.isUndecided) await recordRead(d.database, charge)
  return checked?.state === 'refund_pending' ? [charge.id] : []
}
