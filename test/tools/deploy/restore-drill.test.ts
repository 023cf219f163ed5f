import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { freePort } from '../../../tools/local/ports.ts'
import { findInstallation } from '../../../tools/local/postgres/installation.ts'
import { startPostgres, type Postgres } from '../../../tools/local/postgres/postgres.ts'
import type { RunningProcess } from '../../../tools/local/processes.ts'
import { startDevServer } from '../../../tools/local/temporal/temporal.ts'
import { makeTemplate } from '../../support/servers/template.ts'
import { untilBankAsks } from '../../support/until-bank-asks.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'
import { runScript } from './scripts.ts'

// The restore drill: onboardings in every state, a backup, payments after it, then the loss of PostgreSQL and Temporal.
// The backup is restored into an empty database, with an empty Temporal. `npm run restore-drill` runs it alone.

const programs = findInstallation()
const drill = test.skipIf(!programs)
const password = 'only-for-tests'
const folder = temporaryFolder('restore')
const backups = join(folder, 'backups')
let server: Postgres
let world: World
let temporal: RunningProcess & { address: string }
let temporalPort: number

const startTemporal = () =>
  startDevServer({
    ...{ program: inject('temporalProgram'), folder: null, port: temporalPort, uiPort: null },
    logFile: join(folder, 'temporal.log'),
  })

beforeAll(async () => {
  if (!programs) return
  mkdirSync(backups)
  temporalPort = await freePort()
  const place = { folder: join(folder, 'postgres'), port: await freePort(), logFile: join(folder, 'postgres.log') }
  server = await startPostgres({ ...place, password, unsafe: true, programs })
  temporal = await startTemporal()
  const templateUrl = await makeTemplate(server)
  world = await createWorld({ temporalAddress: temporal.address, templateUrl, longestRetryPause: 300, paypal: true })
})
afterAll(async () => {
  await world?.close()
  await temporal?.stop()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const declined = '4000000000000002'
const asksTheBank = '4000002760003184'
type Onboarding = Awaited<ReturnType<World['openSetup']>>

/** Returns what PostgreSQL's programs need to reach a database of the world's server. */
function clientEnvironment(): NodeJS.ProcessEnv {
  const { port, pathname } = new URL(world.databaseUrl)
  return {
    ...{ PATH: `${programs}/bin:/usr/bin:/bin`, PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'postgres' },
    ...{ PGPASSWORD: password, PGDATABASE: pathname.slice(1), BACKUP_FOLDER: backups },
  }
}

async function backUp(): Promise<string> {
  const { code, output } = await runScript(['backup.sh', 'once'], clientEnvironment())
  expect(code, output).toBe(0)
  const files = readdirSync(backups)
  expect(files).toEqual([expect.stringMatching(/^billing_onboarding-\d{8}T\d{6}Z\.dump$/)])
  return join(backups, files[0]!)
}

/** Loses PostgreSQL's database and Temporal with all its runs, and puts empty ones in their place. */
async function loseEverything(): Promise<void> {
  await world.stopWorker()
  await temporal.stop()
  const name = new URL(world.databaseUrl).pathname.slice(1)
  const admin = postgres(server.url('postgres'), { max: 1 })
  try {
    await admin`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name} and pid <> pg_backend_pid()`
    await admin.unsafe(`drop database ${name} with (force)`)
    await admin.unsafe(`create database ${name} template template0 encoding 'UTF8'`)
  } finally {
    await admin.end()
  }
  temporal = await startTemporal()
}

const reconcile = () =>
  world.client.workflow.execute('janitor', {
    workflowId: `janitor-${randomUUID()}`,
    taskQueue: world.taskQueue,
    args: [],
  })

const isDeclined = ({ page }: Onboarding) =>
  until(
    () => page.progress(),
    ({ body }) => String(body.steps[1].message).includes('declined'),
  )
async function open<Name extends string>(names: readonly Name[]): Promise<Record<Name, Onboarding>> {
  const opened = await Promise.all(names.map(async (name) => [name, await world.openSetup()] as const))
  return Object.fromEntries(opened) as Record<Name, Onboarding>
}

/** Onboardings in each state at the time of the backup. Those whose names say so pay after it. */
async function beforeBackup() {
  const waiting = ['waiting', 'waitingToo', 'tries', 'paysLater', 'paysTwice', 'paysByPayPal'] as const
  const begun = ['declinedOnce', 'atBank', 'atBankFor', 'refunded', 'finished'] as const
  const scene = await open([...waiting, ...begun])
  await scene.declinedOnce.page.submitCard(declined)
  await isDeclined(scene.declinedOnce)
  for (const { page } of [scene.atBank, scene.atBankFor]) {
    await page.submitCard(asksTheBank)
    await untilBankAsks(world, page)
  }
  for (const each of [scene.refunded, scene.finished]) await pay(each)
  return scene
}

async function pay({ bc, page }: Onboarding, submit: () => Promise<Answer> = () => page.submitCard()): Promise<void> {
  const { status, body } = await submit()
  expect(status, JSON.stringify(body)).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
}

async function confirmAtBank({ bc, page }: Onboarding): Promise<void> {
  await world.simulate('authenticate', { payment_intent: await untilBankAsks(world, page), outcome: 'succeed' })
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('completed')
}

type Scene = Awaited<ReturnType<typeof beforeBackup>>

/** What happens after the backup, and is lost with the record, but not at the gateway. */
async function afterBackup(scene: Scene) {
  const unknown = await world.openSetup()
  const { paysLater, paysTwice, declinedOnce, paysByPayPal, tries, refunded } = scene
  for (const each of [paysLater, paysTwice, declinedOnce, unknown]) await pay(each)
  await pay(paysByPayPal, () => paysByPayPal.page.submitPayPal())
  await tries.page.submitCard(declined)
  await isDeclined(tries)
  await confirmAtBank(scene.atBank)
  const [charge] = (await world.ledger(refunded.bc)).charges
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent })
  return { unknown, charged: await countCharges() }
}

/** Returns how many charges both gateways have. */
async function countCharges(): Promise<number> {
  const ledgers = [await world.simulate('ledger'), await world.simulatePayPal('ledger')]
  return ledgers.reduce((sum, { body }) => sum + (body.charges as { status: string }[]).length, 0)
}

/** Returns the successful charges of a billing customer at both gateways. */
async function chargesOf(bc: string): Promise<unknown[]> {
  const { charges } = await world.ledger(bc)
  return [...charges.filter(({ status }) => status === 'succeeded'), ...(await world.payPalCharges(bc))]
}

async function restore(file: string): Promise<void> {
  const first = await runScript(['restore.sh', file], clientEnvironment())
  expect(first).toEqual({ code: 0, output: `restored ${file}\n` })
  const again = await runScript(['restore.sh', file], clientEnvironment())
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('restore into an empty one') })
}

drill(
  'after a restore every live onboarding goes on, and nobody is charged twice (skipped where pg_dump is not installed)',
  async () => {
    const scene = await beforeBackup()
    const file = await backUp()
    const { unknown, charged } = await afterBackup(scene)
    await loseEverything()
    await restore(file)
    await world.startWorker()

    // The API was opened too early: a customer who has paid enters the card again. Stripe still knows the keys.
    await pay(scene.paysTwice)
    // A day later it has forgotten them.
    await world.simulate('clock', { advance_seconds: 25 * 3_600 })
    await reconcile()

    // Paid after the backup: found at the gateways, without anybody doing anything.
    for (const { bc } of [scene.paysLater, scene.declinedOnce, scene.atBank, scene.paysByPayPal])
      expect(await world.ended(bc)).toBe('completed')
    await until(async () => (await world.eventTypes(scene.refunded.bc)).includes('charge.refunded'))
    expect(await countCharges()).toBe(charged)

    // Of a customer who is unknown now, there is a payment that a person must look at.
    const [{ payment_intent: lost }] = (await world.ledger(unknown.bc)).charges
    expect(await world.sql`select state from gateway_events where object_id = ${lost}`).toEqual([{ state: 'dead' }])

    // All others go on where they were.
    await confirmAtBank(scene.atBankFor)
    for (const each of [scene.waiting, scene.waitingToo, scene.tries]) await pay(each)
    for (const [name, { bc }] of Object.entries(scene)) {
      expect(await world.ended(bc), name).toBe('completed')
      expect((await world.billingCustomer(bc)).status, name).toBe('active')
      expect(await chargesOf(bc), name).toHaveLength(1)
    }
    const settled = await world.sql`select 1 from charges where state in ('succeeded', 'refunded')`
    expect(settled).toHaveLength(Object.keys(scene).length)
    const adopted = 'paid after the backup, found by reconciliation, not charged again'
    console.log(`${Object.keys(scene).length} onboardings completed with one charge each; 4 of them were ${adopted}`)
  },
)
