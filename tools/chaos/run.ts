import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { clientOptions } from '../../runtime/temporal.ts'
import { openDatabase } from '../../store/database/database.ts'
import { createCaller } from './acts/calls.ts'
import { executePlan } from './execute-plan.ts'
import { countAll, countAttempts, type Places } from './count.ts'
import { services, type Plan, type Service } from './plan.ts'
import type { Report } from './report.ts'
import type { Servers } from './servers.ts'
import { judge, type Verdict } from './verdict.ts'

/** Longer than any gateway call or step that may still be running. */
const quietPeriod = 5_000

/**
 * Executes the plan on running servers, waits at most `settleTimeout` ms until everything has settled, and counts.
 */
export async function runPlan(
  plan: Plan,
  servers: Servers,
  options: { folder: string; settleTimeout: number; say(line: string): void },
): Promise<Report> {
  const { folder, settleTimeout, say } = options
  const began = Date.now()
  say(
    `${plan.onboardings} onboardings, ${plan.kills.length} kills, ` +
      `${plan.faults.length} faults in ${plan.span / 1000} s`,
  )
  const { oddities, faults, calls } = await executePlan(plan, servers, settleTimeout)
  say('all servers are up again; waiting until everything has settled')
  const { verdict, attempts } = await settle(plan, servers, began + plan.span + settleTimeout)
  const seconds = (Date.now() - began) / 1000
  const of = (count: 'kills' | 'renewals' | 'unexpectedExits') =>
    Object.fromEntries(
      services.map((service) => [service, servers.kept[service].reduce((sum, each) => sum + each[count], 0)]),
    ) as Record<Service, number>
  const report: Report = {
    plan: { seed: plan.seed, onboardings: plan.onboardings, merchants: merchantsOf(plan) },
    verdict,
    attempts,
    kills: of('kills'),
    renewals: of('renewals'),
    unexpectedExits: of('unexpectedExits'),
    faults,
    calls,
    proxy: servers.programs.balanced?.proxy.failures,
    oddities,
    seconds,
  }
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report, null, 2))
  return report
}

/** Returns the number of customers of each merchant. */
function merchantsOf({ customers }: Plan): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { merchant } of customers) counts[merchant] = (counts[merchant] ?? 0) + 1
  return counts
}

/** Counts until the verdict is right, and again after a quiet period to include late effects. */
async function settle(plan: Plan, servers: Servers, deadline: number): Promise<Pick<Report, 'verdict' | 'attempts'>> {
  const database = openDatabase(servers.databaseUrl, { name: 'chaos', max: 2 })
  const connection = Connection.lazy(clientOptions({ address: servers.temporalAddress }))
  const caller = createCaller(deadline + 60_000, () => {})
  const places = {
    database,
    client: new Client({ connection }),
    stripeUrl: servers.stripeUrl,
    paypalUrl: servers.paypalUrl,
    caller,
    receivers: servers.receivers,
  }
  try {
    let verdict = await judged(plan, servers, places)
    while (!verdict.right && Date.now() < deadline) {
      await sleep(1_000)
      verdict = await judged(plan, servers, places)
    }
    await sleep(quietPeriod)
    return { verdict: await judged(plan, servers, places), attempts: await countAttempts(database) }
  } finally {
    await connection.close()
    await database.end({ timeout: 5 })
  }
}

async function judged({ customers }: Plan, servers: Servers, places: Places): Promise<Verdict> {
  const expected = customers.map((each) => ({ ...each, accounts: servers.merchants[each.merchant].accounts }))
  return judge(expected, await countAll(places))
}
