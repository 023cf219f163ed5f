import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { everythingStored } from '../support/everything-stored.ts'
import { historiesOf, leaksIn } from '../support/histories.ts'
import { until } from '../support/until.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld } from '../support/world/world.ts'
import { bulkOf, contactsFile, runOf, untilStatus, upload } from './bulk.ts'

// `BULK_KILLS=10 BULK_ROWS=1000 npx vitest run test/bulk/killed-worker.test.ts` is the long version.
const rows = Number(process.env.BULK_ROWS ?? 120)
const kills = Number(process.env.BULK_KILLS ?? 2)

test(
  `${rows} rows with the worker killed ${kills} times: each row has one result, none is done twice`,
  { timeout: 240_000 + kills * 30_000 },
  async () => {
    const world = await createWorld({ worker: false })
    const worker = new WorkerProcess(world)
    try {
      await worker.start()
      const { file, ids } = contactsFile(world, rows)
      const query = `?rows_per_second=${Math.min(100, Math.ceil(rows / (kills * 2 + 4)))}&starts_per_second=50`
      const { id } = (await upload(world, file, { query })).body
      let done = 0
      for (let killed = 0; killed < kills; killed++) {
        // Each worker gets on before it is killed.
        await until(async () => (await bulkOf(world, id)).rows.done > done)
        await sleep((killed % 4) * 50)
        await worker.kill()
        done = (await bulkOf(world, id)).rows.done
        await worker.start()
      }
      expect(done).toBeLessThan(rows)
      expect((await untilStatus(world, id, 'completed')).rows).toMatchObject({ done: rows, failed: 0, ready: 0 })
      expect(await (await runOf(world, id)).result()).toMatchObject({ done: rows })

      const [made] = await world.sql`
      select count(*)::integer as rows, count(distinct r.billing_customer_id)::integer as billing_customers,
        count(distinct c.external_id)::integer as contacts, bool_or(r.existing) as existing,
        count(*) filter (where r.input is not null)::integer as kept
      from bulk_rows r join billing_customers b on b.id = r.billing_customer_id join customers c on c.id = b.customer_id
      where r.bulk_id = ${id} and c.external_id in ${world.sql(ids)}`
      expect(made).toEqual({ rows, billingCustomers: rows, contacts: rows, existing: false, kept: 0 })
      const events = await world.sql<{ type: string; count: number }[]>`
      select e.type, count(*)::integer as count from events e join bulk_rows r using (billing_customer_id)
      where r.bulk_id = ${id} and e.type in ('billing_customer.created', 'billing_customer.setup_started')
      group by e.type order by e.type`
      expect(events).toEqual([
        { type: 'billing_customer.created', count: rows },
        { type: 'billing_customer.setup_started', count: rows },
      ])
      // Every run starts, although none was left to this worker's predecessors.
      await until(async () => {
        const [waiting] = await world.sql`
        select count(*)::integer as count from bulk_rows r join onboardings o on o.id = r.onboarding_id
        where r.bulk_id = ${id} and o.started_at is null`
        return waiting!.count === 0
      })
      const own = (await historiesOf(world.client, world.taskQueue)).filter(({ workflowId }) =>
        workflowId.startsWith('bulk/'),
      )
      expect(own.length).toBeGreaterThan(0)
      for (const { text } of own) expect(leaksIn(text, world.secrets)).toEqual([])
      const kept = (await everythingStored(world.sql)).filter((row) => row.includes(id))
      expect(kept.filter((row) => row.includes('@example.com'))).toEqual([])
    } finally {
      await worker.kill()
      await world.close()
    }
  },
)
