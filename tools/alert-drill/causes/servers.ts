import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { workflowCode } from '../../../worker/workflow-code.ts'
import { callNative } from '../../chaos/acts/caller-acts.ts'
import type { SupervisedProcess } from '../../chaos/supervised-process.ts'
import type { Cause } from '../drill.ts'
import { repeat } from '../program.ts'
import type { Stack } from '../stack.ts'
import { visit, visits } from '../visits.ts'
import { sendEvent, unrelatedPayment } from './gateway-events.ts'

/** Keeps a server down until the returned function is called, which resolves when it runs again. */
function takeDown(server: SupervisedProcess): () => Promise<void> {
  let release!: () => void
  const back = server.kill(new Promise<void>((resolve) => (release = resolve)))
  return async () => {
    release()
    await back
  }
}

/** Changes a customer so many times a second, each time in a transaction, without waiting for responses. */
async function changeOften({ apiUrl, seeds, shop, caller }: Stack, perSecond: number): Promise<() => Promise<void>> {
  const created = await callNative(shop, caller, 'POST', '/v1/customers', {
    external_id: randomUUID(),
    skip_onboarding_workflow: true,
  })
  const url = `${apiUrl}/v1/customers/${(created.body as { id: string }).id}`
  const headers = { Authorization: `Bearer ${seeds.secret_key}`, 'Content-Type': 'application/json' }
  return repeat(1_000 / perSecond, async (nth) => {
    const answer = fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ name: `Drill ${nth}` }) })
    void answer.then((response) => response.arrayBuffer()).catch(() => {})
  })
}

const workerStopped: Cause = {
  name: 'the worker is stopped',
  alerts: ['NoWorker', 'WebhooksAreLate'],
  async begin(stack) {
    await stack.worker.stop()
    // An event for the endpoint, and a run.
    await visit(stack)
    return () => stack.worker.start()
  },
}

const apiStopped: Cause = {
  name: 'the API is stopped',
  alerts: ['ProcessIsDown'],
  async begin({ api }) {
    await api.stop()
    return () => api.start()
  },
}

const temporalDown: Cause = {
  name: 'Temporal is down',
  alerts: ['RunsAreOverdue', 'StarterPushesALot'],
  async begin(stack) {
    const bringUp = takeDown(stack.kept.temporal)
    await visits(stack, 8)
    return bringUp
  },
}

const postgresDown: Cause = {
  name: 'PostgreSQL is down while callers call and events arrive',
  alerts: ['RecordUnreadable', 'CallsFail', 'GatewayEventsFail'],
  async begin(stack) {
    const stopCalls = await changeOften(stack, 20)
    const bringUp = takeDown(stack.kept.postgres)
    const stopEvents = repeat(300, (nth) => sendEvent(stack, { object: unrelatedPayment(nth) }))
    return async () => {
      await stopEvents()
      await bringUp()
      await stopCalls()
    }
  },
}

const incompatible = fileURLToPath(new URL('../../upgrade-drill/incompatible-workflows.ts', import.meta.url))

const incompatibleBuild: Cause = {
  name: 'the worker has a build that cannot replay its runs',
  alerts: ['WorkflowTasksFail'],
  async begin(stack) {
    const WORKFLOW_BUNDLE = join(stack.folder, 'incompatible-bundle.js')
    writeFileSync(WORKFLOW_BUNDLE, await workflowCode(incompatible))
    const waiting = await visits(stack, 24)
    // Each has read its record.
    await sleep(2_000)
    await stack.worker.stop()
    await stack.worker.start({ WORKFLOW_BUNDLE })
    const stopPaying = repeat(500, async (nth) => waiting[nth]?.pay())
    return async () => {
      await stopPaying()
      await stack.worker.stop()
      await stack.worker.start()
    }
  },
}

const tableLocked: Cause = {
  name: 'a session locks a table again and again',
  alerts: ['ConnectionsAreScarce'],
  async begin(stack) {
    const stopCalls = await changeOften(stack, 60)
    const stopLocking = repeat(300, () =>
      stack.database.begin(async (sql) => {
        await sql`lock table customers in exclusive mode`
        await sql`select pg_sleep(2)`
      }),
    )
    return async () => {
      await stopLocking()
      await stopCalls()
    }
  },
}

const apiStalled: Cause = {
  name: 'the API gets no CPU for 0.7 of each second',
  alerts: ['EventLoopIsBlocked'],
  async begin({ api }) {
    return repeat(300, async () => {
      process.kill(api.pid(), 'SIGSTOP')
      await sleep(700)
      process.kill(api.pid(), 'SIGCONT')
    })
  },
}

/** Servers and programs that are down, slow or wrong. */
export const serverCauses = [
  workerStopped,
  apiStopped,
  temporalDown,
  incompatibleBuild,
  tableLocked,
  apiStalled,
  postgresDown,
]
