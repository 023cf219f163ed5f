import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../simulators/faults.ts'
import { createCaller, type Caller } from './acts/calls.ts'
import { goThrough } from './acts/customer.ts'
import { openOperator } from './acts/operator.ts'
import type { Plan } from './plan.ts'
import type { Servers } from './servers.ts'

export interface CarriedOut {
  /** What a customer or caller met that should not be: answers, ends. */
  oddities: string[]
  /** How many calls each kind of fault hit. */
  faults: Record<string, number>
}

const lastFaults = 10_000

/**
 * Carries a plan out: customers, kills and faults, each at its time. Resolves when every customer is through or `patience`
 * milliseconds after the plan's end, with everything up and no fault left.
 */
export async function carryOut(plan: Plan, servers: Servers, patience: number): Promise<CarriedOut> {
  const began = Date.now()
  const oddities: string[] = []
  const caller = createCaller(began + plan.span + patience, (oddity) => oddities.push(oddity))
  const at = async (time: number, work: () => Promise<unknown>) => {
    await sleep(Math.max(0, began + time - Date.now()))
    await work().catch((error: unknown) => oddities.push(error instanceof Error ? error.message : String(error)))
  }
  const faultUrls = { stripe: `${servers.stripeUrl}/_sim/faults`, paypal: `${servers.paypalUrl}/_sim/faults` }
  const operator = openOperator(servers.databaseUrl, caller.isOver)
  const shop = { ...servers, expire: operator.expire }
  // One payer has one payment token at the account, so undoing one customer must not take it from another.
  await caller.post(`${servers.paypalUrl}/_sim/settings`, { multiple_payment_tokens: false })
  const customers = Promise.all(plan.customers.map((each) => at(each.at, () => goThrough(each, shop, caller))))
  await Promise.all([
    ...plan.kills.map(({ at: time, service, downFor }) => at(time, () => servers.kept[service].kill(downFor))),
    ...plan.faults.map(({ at: time, gateway, ...fault }) => at(time, () => caller.post(faultUrls[gateway], fault))),
  ])
  // A while longer: those who could not pay while everything was away meet the faults now.
  await Promise.race([customers, sleep(lastFaults)])
  const faults = await endFaults(plan, Object.values(faultUrls), caller)
  await customers
  await operator.close()
  return { oddities, faults }
}

async function endFaults({ faults }: Plan, urls: string[], caller: Caller): Promise<Record<string, number>> {
  const left: Fault[] = []
  for (const url of urls) {
    const { body } = await caller.call(url)
    await caller.call(url, { method: 'DELETE' })
    // Those about one onboarding are not of the plan: they let its caller act at the right moment.
    left.push(...(body as { faults: Fault[] }).faults.filter(({ match }) => match.about === undefined))
  }
  const sum = (list: Pick<Fault, 'fault' | 'times'>[], kind: string) =>
    list.reduce((total, { fault, times }) => total + (fault === kind ? times : 0), 0)
  const kinds = [...new Set(faults.map(({ fault }) => fault))].sort()
  return Object.fromEntries(kinds.map((kind) => [kind, sum(faults, kind) - sum(left, kind)]))
}
