import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../simulators/faults.ts'
import { createCaller, type Caller } from './acts/calls.ts'
import { performOnboarding } from './acts/customer.ts'
import { openOperator } from './acts/operator.ts'
import type { Plan } from './plan.ts'
import { renewInTurn } from './processes/programs.ts'
import type { Servers } from './servers.ts'

export interface Execution {
  /** Unexpected responses and results that customers and callers saw. */
  oddities: string[]
  /** Number of calls hit by each kind of fault. */
  faults: Record<string, number>
  /** Number of calls that customers and callers made to the API, by their outcome. */
  calls: Record<string, number>
}

const faultGracePeriod = 10_000

/**
 * Executes a plan: customers, kills and faults at their times. Resolves when every customer is done, or `settleTimeout`
 * milliseconds after the end of the plan, with all servers up and no fault left.
 */
export async function executePlan(plan: Plan, servers: Servers, settleTimeout: number): Promise<Execution> {
  const began = Date.now()
  const oddities: string[] = []
  const calls: Execution['calls'] = {}
  const heard = (url: URL, outcome: string) => {
    if (url.origin === new URL(servers.apiUrl).origin) calls[outcome] = (calls[outcome] ?? 0) + 1
  }
  const caller = createCaller(began + plan.span + settleTimeout, (oddity) => oddities.push(oddity), heard)
  const at = async (time: number, work: () => Promise<unknown>) => {
    await sleep(Math.max(0, began + time - Date.now()))
    await work().catch((error: unknown) => oddities.push(error instanceof Error ? error.message : String(error)))
  }
  const faultUrls = { stripe: `${servers.stripeUrl}/_sim/faults`, paypal: `${servers.paypalUrl}/_sim/faults` }
  const operator = openOperator(servers.databaseUrl, caller.isOver)
  const shops = { ...servers, expire: operator.expire }
  // A payer has one payment token per account, so undoing one customer must not remove it from another.
  await caller.post(`${servers.paypalUrl}/_sim/settings`, { multiple_payment_tokens: false })
  const customers = Promise.all(plan.customers.map((each) => at(each.at, () => performOnboarding(each, shops, caller))))
  const endRenewals = servers.programs.balanced ? renewInTurn(servers.programs) : async () => {}
  await Promise.all([
    ...plan.kills.map(({ at: time, service, downFor }, n) => {
      const processes = servers.kept[service]
      return at(time, () => processes[n % processes.length]!.kill(downFor))
    }),
    ...plan.faults.map(({ at: time, gateway, ...fault }) => at(time, () => caller.post(faultUrls[gateway], fault))),
  ])
  // Faults stay active a while longer, for customers that could not pay while servers were down.
  await Promise.race([customers, sleep(faultGracePeriod)])
  const faults = await endFaults(plan, Object.values(faultUrls), caller)
  await customers
  await endRenewals()
  await operator.close()
  return { oddities, faults, calls }
}

async function endFaults({ faults }: Plan, urls: string[], caller: Caller): Promise<Record<string, number>> {
  const left: Fault[] = []
  for (const url of urls) {
    const { body } = await caller.call(url)
    await caller.call(url, { method: 'DELETE' })
    // Faults about one onboarding are not part of the plan. They time a caller's action.
    left.push(...(body as { faults: Fault[] }).faults.filter(({ match }) => match.about === undefined))
  }
  const sum = (list: Pick<Fault, 'fault' | 'times'>[], kind: string) =>
    list.reduce((total, { fault, times }) => total + (fault === kind ? times : 0), 0)
  const kinds = [...new Set(faults.map(({ fault }) => fault))].sort()
  return Object.fromEntries(kinds.map((kind) => [kind, sum(faults, kind) - sum(left, kind)]))
}
