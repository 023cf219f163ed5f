import type { Build } from './builds.ts'
import type { Drill } from './drill.ts'
import type { Programs } from './rolling.ts'
import { stopProgram, type Stack } from './stack.ts'
import { waitFor } from './people.ts'

/**
 * A build that cannot replay the live runs: refused by `check-upgrade`, put in all the same, and healed by
 * `restart-runs`. Returns the programs that run.
 */
export async function forceAndHeal(drill: Drill, { worker, api }: Programs, wrong: Build): Promise<Programs> {
  const { stack, open, finish } = drill
  const { say } = stack
  const people = await open(['waits', 'waits for a wallet', 'declined', 'at the bank', 'pays', 'replaces its method'])
  const checked = await stack.admin(wrong, ['check-upgrade', '--json'])
  const { incompatible = [], causes } = JSON.parse(checked.output || '{}') as Checked
  drill.expect(checked.code === 1 && incompatible.length > 0, `check-upgrade refuses it: ${JSON.stringify(causes)}`)

  await stopProgram(worker)
  const forced = await stack.start(wrong, 'worker/main')
  await people.find(({ situation }) => situation === 'pays')!.pay()
  await waitFor('a failed workflow task', async () => (await drill.failedTasks()) > 0)
  say(`put in all the same: ${await drill.failedTasks()} failed workflow tasks`)
  const restart = () => stack.admin(wrong, ['restart-runs', '--rate', '20', '--json'])
  const healed = await restart()
  drill.expect(healed.code === 0, `restart-runs: ${healed.output.trim()}`)
  await finish(people)
  await drill.expectRight('an incompatible build, healed')
  const { restarted } = JSON.parse((await restart()).output) as { restarted: number }
  drill.expect(restarted === 0, 'restart-runs again restarts none')

  // The gateways charge late, so that steps are under way when their runs are replaced.
  const paying = await open(['pays', 'pays', 'pays by wallet', 'pays by wallet'])
  await delayPayments(stack, paying.length)
  await Promise.all(paying.map((person) => person.pay()))
  const all = await stack.admin(wrong, ['restart-runs', '--only', 'all', '--rate', '20', '--json'])
  const replaced = (JSON.parse(all.output || '{}') as { restarted?: number }).restarted ?? 0
  drill.expect(replaced > 0, `restart-runs --only all while customers pay: ${all.output.trim()}`)
  await finish(paying)
  await drill.expectRight('all runs restarted while customers paid')
  drill.forgetFailedTasks()
  return { worker: forced, api }
}

/** The first call of each payment reaches the gateway, but is answered only after our timeout. */
async function delayPayments({ stripeUrl, paypalUrl }: Stack, times: number): Promise<void> {
  const calls = [
    [stripeUrl, '/v1/payment_intents/*/confirm'],
    [paypalUrl, '/v2/checkout/orders'],
  ] as const
  for (const [url, path] of calls) {
    const order = { match: { method: 'POST', path }, fault: 'delay', delay_ms: 6_000, times }
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${url}/_sim/faults`, { method: 'POST', headers, body: JSON.stringify(order) })
  }
}

interface Checked {
  incompatible?: unknown[]
  causes?: Record<string, number>
}
