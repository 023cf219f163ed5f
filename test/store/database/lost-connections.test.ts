import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../tools/local/ports.ts'
import { openDatabase, type Database, type Sql } from '../../../store/database/database.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'

let database: TestDatabase
let sql: Database
let proxy: Server
let proxyUrl: string
const throughProxy = new Set<Socket>()
beforeAll(async () => {
  database = await freshDatabase()
  const url = new URL(database.url)
  const port = Number(url.port)
  proxy = createServer((client) => relay(client, port)).listen(await freePort(), '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  url.port = String((proxy.address() as AddressInfo).port)
  proxyUrl = url.href
  sql = openDatabase(proxyUrl, { name: 'lost connections', max: 6 })
})
afterEach(() => expect(wrongAnswers).toEqual([]))
afterAll(async () => {
  await sql.end({ timeout: 5 })
  proxy.close()
  await database.drop()
})

/** The number of rows that the next connection receives before it is closed; unlimited unless set. */
let rowsUntilEnd: number | undefined

function relay(client: Socket, port: number): void {
  const server = connect(port, '127.0.0.1')
  throughProxy.add(client)
  for (const socket of [client, server]) socket.on('error', () => {})
  client.pipe(server).pipe(client)
  if (rowsUntilEnd !== undefined) endAfterRows(server, client, rowsUntilEnd)
  rowsUntilEnd = undefined
  client.on('close', () => {
    throughProxy.delete(client)
    server.destroy()
  })
  server.on('close', () => client.end())
}

/** Closes connections as PostgreSQL does at shutdown, and as a network does if the machine is lost. */
const losses = [
  () => database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like '%lost connections'`,
  () => [...throughProxy].forEach((client) => client.resetAndDestroy()),
]

/** Closes a connection as a server at shutdown does: with an error in the middle of a response. */
function endAfterRows(server: Socket, client: Socket, rows: number): void {
  let left = rows
  let seen = Buffer.alloc(0)
  server.unpipe(client).resume()
  server.on('data', (part: Buffer) => {
    seen = Buffer.concat([seen, part])
    for (let length = lengthOf(seen); left > 0 && seen.length >= length; length = lengthOf(seen)) {
      if (String.fromCharCode(seen[0]!) === 'D' && --left === 0) return client.end(toldToStop)
      client.write(seen.subarray(0, length))
      seen = seen.subarray(length)
    }
  })
}
/** A message of PostgreSQL is a letter, the length of the rest in four bytes, and the rest. */
const lengthOf = (messages: Buffer) => (messages.length < 5 ? Infinity : 1 + messages.readUInt32BE(1))
const stopping = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'
const toldToStop = Buffer.from(`E\0\0\0${String.fromCharCode(stopping.length + 4)}${stopping}`)

let asked = 0
/** Runs a small statement, which must return its own value. */
async function echo(on: Sql): Promise<void> {
  const number = ++asked
  const rows = await on<{ number: number }[]>`select ${number}::integer as number`
  if (rows.length !== 1 || rows[0]?.number !== number) wrongAnswers.push({ number, rows })
}
/** The statements of a request, one after the other. */
async function request(): Promise<void> {
  await echo(sql)
  await sql.begin(async (transaction) => {
    await Promise.all([echo(transaction), echo(transaction)])
    await echo(transaction)
  })
}
const wrongAnswers: object[] = []

const requests = () => Promise.allSettled(Array.from({ length: 12 }, request))
const failed = async (work: ReturnType<typeof requests>) => (await work).filter(({ status }) => status === 'rejected')

// An uncaught error of the driver fails this file; a connection that it cannot use again leaves requests unanswered.
test('however often sessions are lost in a request, each request ends and later ones succeed', async () => {
  let going = true
  const client = async () => {
    while (going) await request().catch(() => sleep(1))
  }
  const clients = Array.from({ length: 12 }, client)
  for (let i = 0; i < 200; i++) {
    await sleep(10)
    await losses[i % 2]!()
  }
  going = false
  await Promise.all(clients)
  // Some lost connections are detected only when they are used.
  await requests()
  for (let i = 0; i < 10; i++) expect(await failed(requests())).toEqual([])
})

test('a connection that is lost while a statement waits to be sent can be used again', async () => {
  for (let round = 0; round < 10; round++) {
    await requests()
    await new Promise((resolve) => setImmediate(resolve))
    losses[1]!()
    // The timer is due before the loss is read, so the statements are on their way when it is.
    const lost = new Promise((resolve) =>
      setTimeout(() => resolve(Promise.all(Array.from({ length: 12 }, tenacious))), 1),
    )
    for (const until = Date.now() + 5; Date.now() < until;);
    await lost
    for (let i = 0; i < 3; i++) expect(await failed(requests())).toEqual([])
  }
})

// The driver's own first query has hundreds of rows. In the unpatched driver, rows already received were added to the
// next result, and the statement after it got the end of another one.
test('a connection is lost during setup: the statement that waits for it is executed on the next one', async () => {
  const fresh = openDatabase(proxyUrl, { name: 'lost connections', max: 1 })
  rowsUntilEnd = 5
  await echo(fresh)
  expect(rowsUntilEnd).toBeUndefined()
  await echo(fresh)
  await fresh.end()
})

test('requests succeed soon after the server is back, however long it was unavailable', async () => {
  const { port } = proxy.address() as AddressInfo
  proxy.close()
  losses[1]!()
  for (const until = Date.now() + 5_000; Date.now() < until;) {
    await requests()
    await sleep(50)
  }
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  const back = Date.now()
  await tenacious()
  // At most half a second between two attempts (the driver's default grows to 20 seconds); the rest is for a busy
  // machine.
  expect(Date.now() - back).toBeLessThan(2_500)
})

/** Retries immediately after a failure: between the error of a connection and its close, or that of another one. */
async function tenacious(): Promise<void> {
  for (;;)
    if (
      await request().then(
        () => true,
        () => false,
      )
    )
      return
}
