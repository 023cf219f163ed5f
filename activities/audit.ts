import { gatewayNames, type ChargeState, type Environment } from '../domain/lifecycle.ts'
import { listChargesToCheck as list, listUnknownObjects } from '../store/charges-to-check.ts'
import { noteTaken } from '../store/gateway-events.ts'
import { underLock } from '../store/lock.ts'
import { findCharge, needsPerson } from '../store/refunds.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { gatewayFor } from './payment/gateway-for.ts'
import { settleMoney } from './settle-money.ts'
import { asStep } from './step.ts'

// What the janitor does: it compares our charges with the gateways', heals what it can and calls a person for the rest. It
// never charges.

export const listChargesToCheck =
  ({ database }: ActivityDependencies) =>
  (after: string, limit: number): Promise<string[]> =>
    list(database, after, limit)

/** Reads one charge at its gateway and settles what is to be settled. Answers its state; null where there is none. */
export const checkCharge = (d: ActivityDependencies) => (chargeId: string) =>
  asStep(d, async (): Promise<ChargeState | null> => {
    const charge = await findCharge(d.database, chargeId)
    if (!charge) return null
    if (charge.objectId && (charge.state === 'succeeded' || charge.state === 'kept')) {
      const reading = await gatewayFor(d, charge).read({ kind: 'payment', id: charge.objectId })
      if (reading.state !== 'paid')
        await underLock(d.database, charge.billingCustomerId, (sql) =>
          needsPerson(sql, charge, `not_paid_there/${charge.id}`),
        )
    }
    const state = await settleMoney(d)(chargeId)
    return state === 'unknown_charge' ? null : state
  })

/** Looks for payments at the gateways that name an onboarding of ours and have no row here. Answers how many there were. */
export const findUnknownPayments = (d: ActivityDependencies) => (sinceHours: number) =>
  asStep(d, async (): Promise<number> => {
    const since = new Date(Date.now() - sinceHours * 3_600_000)
    let found = 0
    for (const environment of ['live', 'sandbox'] as Environment[])
      for (const gateway of gatewayNames) {
        const ids = (await d.gateways.for(environment, '', gateway)?.listPaid?.(since)) ?? []
        for (const objectId of await listUnknownObjects(d.database, { environment, gateway }, ids)) {
          found++
          const event = { environment, gateway, id: `janitor/${objectId}`, type: 'janitor.unknown_payment', objectId }
          await noteTaken(d.database, event, 'dead')
        }
      }
    return found
  })
