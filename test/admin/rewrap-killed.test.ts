import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GatewayAccount } from '../../domain/reference.ts'
import { createAccountSealing } from '../../store/gateway-accounts/account-sealing.ts'
import { findSealedAccount, openKeys } from '../../store/gateway-accounts/keys.ts'
import { newId } from '../../store/database/new-id.ts'
import { bundleProgram } from '../../tools/scripts/bundle-program.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// `REWRAP_KILLS=20 npx vitest run test/admin/rewrap-killed.test.ts` is the long version.
const kills = Number(process.env.REWRAP_KILLS ?? 3)
const count = 400

let world: World
let program: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  program = await bundleProgram('admin/main.ts')
}, 120_000)
afterAll(() => world.close())

const keys = Array.from({ length: kills + 1 }, (_, i) => `key-${i}-of-this-test-run-and-of-no-other`)
/** GATEWAY_KEYS after this many changes: the newest comes first. */
const keysAfter = (changes: number) => keys.slice(0, changes + 1).toReversed()
const textOf = (accountId: string, name: string) => `${name} of ${accountId}`

/** Creates drained accounts, of which an organization can have any number. */
async function createAccounts(): Promise<string[]> {
  const sealing = createAccountSealing(keysAfter(0))
  const ids = Array.from({ length: count }, () => newId('gatewayAccount'))
  const rows = ids.map((id) => {
    const account: GatewayAccount = { accountId: id, environment: 'sandbox', gateway: 'stripe' }
    const own = { organizationId: world.seeds.org_id, status: 'draining', vendorAccountId: `acct_${id}` }
    return { id, environment: 'sandbox', gateway: 'stripe', ...own, wrappedKey: sealing.newKey(account) }
  })
  const secrets = rows.flatMap(({ id, wrappedKey }) =>
    ['secret_key', 'webhook_secret'].map((name) => {
      const account: GatewayAccount = { accountId: id, environment: 'sandbox', gateway: 'stripe' }
      const sealed = sealing.seal(account, wrappedKey, { name, number: 1 }, textOf(id, name))
      return { accountId: id, name, number: 1, sealed }
    }),
  )
  await world.sql`insert into gateway_accounts ${world.sql(rows)}`
  await world.sql`insert into gateway_secrets ${world.sql(secrets)}`
  return ids
}

function start(changes: number): { child: ChildProcess; ended: Promise<number | null>; output: () => string } {
  let output = ''
  const child = spawn(process.execPath, [program, 'rewrap-gateway-keys', '--json'], {
    env: { ...process.env, DATABASE_URL: world.databaseUrl, GATEWAY_KEYS: keysAfter(changes).join(',') },
  })
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { child, ended, output: () => output }
}

/** Returns how many accounts have a key that is not among these. */
async function countChanged(before: string[]): Promise<number> {
  const [row] = await world.sql<[{ count: number }]>`
    select count(*)::integer as count from gateway_accounts
    where organization_id is not null and encode(wrapped_key, 'hex') not in ${world.sql(before)}`
  return row.count
}

/** Makes each account take some milliseconds, so that a kill on a busy machine is not too late for all of them. */
const slowDown = () =>
  world.sql.unsafe(`
    create function take_time() returns trigger language plpgsql as $$ begin perform pg_sleep(0.01); return new; end $$;
    create trigger slow before update on gateway_accounts for each row execute function take_time()`)

const wrappedKeys = async () =>
  (
    await world.sql<{ key: string }[]>`
      select encode(wrapped_key, 'hex') as key from gateway_accounts where organization_id is not null`
  ).map(({ key }) => key)

/** Returns the accounts that these keys do not decrypt completely. */
async function unreadableWith(ids: string[], gatewayKeys: string[]): Promise<string[]> {
  const sealing = createAccountSealing(gatewayKeys)
  const lost = []
  for (const id of ids) {
    const account = (await findSealedAccount(world.sql, id))!
    try {
      expect(openKeys(sealing, account)).toMatchObject({
        secretKey: textOf(id, 'secret_key'),
        webhookSecrets: [textOf(id, 'webhook_secret')],
      })
    } catch {
      lost.push(id)
    }
  }
  return lost
}

test(
  `rewrap-gateway-keys killed ${kills} times, each time with a newer key: every account decrypts`,
  { timeout: 60_000 + kills * 30_000 },
  async () => {
    const ids = await createAccounts()
    await slowDown()
    let interrupted = 0
    for (let changes = 1; changes <= kills; changes++) {
      const before = await wrappedKeys()
      const { child, ended, output } = start(changes)
      await until(async () => child.exitCode !== null || (await countChanged(before)) > 0)
      await sleep(randomInt(100))
      child.kill('SIGKILL')
      await ended
      const changed = await countChanged(before)
      expect(changed, output()).toBeGreaterThan(0)
      if (changed < count) interrupted++
      expect(await unreadableWith(ids, keysAfter(changes))).toEqual([])
    }
    // A kill after the last account proves nothing.
    expect(interrupted).toBeGreaterThan(kills / 2)
    await world.sql`drop trigger slow on gateway_accounts`
    const last = start(kills)
    expect(await last.ended, last.output()).toBe(0)
    expect(JSON.parse(last.output())).toMatchObject({ unreadable: [] })
    expect(await unreadableWith(ids, [keys.at(-1)!])).toEqual([])
  },
)
