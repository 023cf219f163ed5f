import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { clientOptions } from '../../runtime/temporal.ts'
import { openDatabase } from '../../store/database/database.ts'
import { createCaller } from './acts/calls.ts'
import { carryOut } from './carry-out.ts'
import { countAll, countAttempts, type Places } from './count.ts'
import { services, type Plan, type Service } from './plan.ts'
import type { Report } from './report.ts'
import type { Servers } from './servers.ts'
import { judge, type Verdict } from './verdict.ts'

/** Longer than anything that is still under way then: a call to the gateway, a step that a killed worker left. */
const quiet = 5_000

/** Carries the plan out on servers that are up, waits until all is settled (at most `patience` milliseconds), and counts. */
export async function runPlan(
  plan: Plan,
  servers: Servers,
  options: { folder: string; patience: number; say(line: string): void },
): Promise<Report> {
  const { folder, patience, say } = options
  const began = Date.now()
  say(
    `${plan.onboardings} onboardings, ${plan.kills.length} kills, ${plan.faults.length} faults in ${plan.span / 1000} s`,
  )
  const { oddities, faults } = await carryOut(plan, servers, patience)
  say('everything is up again; waiting until all is settled')
  const { verdict, attempts } = await settle(plan, servers, began + plan.span + patience)
  const seconds = (Date.now() - began) / 1000
  const of = (count: 'kills' | 'endedByItself') =>
    Object.fromEntries(services.map((service) => [service, servers.kept[service][count]])) as Record<Service, number>
  const report: Report = {
    plan: { seed: plan.seed, onboardings: plan.onboardings },
    verdict,
    attempts,
    kills: of('kills'),
    endedByThemselves: of('endedByItself'),
    faults,
    oddities,
    seconds,
  }
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report, null, 2))
  return report
}

/** Counts until it is right, and once more after a while: what comes late counts too. */
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
  }
  try {
    let verdict = await judged(plan, places)
    while (!verdict.right && Date.now() < deadline) {
      await sleep(1_000)
      verdict = await judged(plan, places)
    }
    await sleep(quiet)
    return { verdict: await judged(plan, places), attempts: await countAttempts(database) }
  } finally {
    await connection.close()
    await database.end({ timeout: 5 })
  }
}

async function judged({ customers }: Plan, places: Places): Promise<Verdict> {
  return judge(customers, await countAll(places))
}
