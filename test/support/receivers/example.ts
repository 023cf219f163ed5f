import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, onTestFinished } from 'vitest'
import { secretText } from '../../../domain/webhooks/secret.ts'
import { signatureHeaders } from '../../../receivers/signature.ts'
import { until } from '../until.ts'
import { testPost } from './receivers.ts'

export const examples = fileURLToPath(new URL('../../../docs/examples/receivers/', import.meta.url))

/** How a receiver is started. */
export interface Program {
  command: string
  args: string[]
  env?: NodeJS.ProcessEnv
}

interface Started {
  url: string
  /** The lines of events that it processed. */
  lines(): string[]
}

async function start({ command, args, env }: Program, key: Uint8Array): Promise<Started> {
  const port = await freePort()
  const child = spawn(command, args, {
    cwd: examples,
    env: { ...process.env, ...env, PORT: String(port), WEBHOOK_SECRET: secretText(key) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)))
  child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)))
  onTestFinished(() => void child.kill('SIGKILL'))
  await until(
    () => {
      if (child.exitCode !== null) throw new Error(`the receiver exited: ${errors}`)
      return output.includes('ready\n')
    },
    Boolean,
    60_000,
  )
  return { url: `http://127.0.0.1:${port}/hooks`, lines: () => output.split('\n').slice(1, -1) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Sent {
  id: string
  body: string
}

let events = 0
const eventOf = (sequence: number, note = '', customer = 'bc_1'): Sent => {
  const id = `evt_${++events}`
  const data = { billing_customer_id: customer, external_id: note }
  return { id, body: JSON.stringify({ id, type: 'charge.succeeded', sequence, data }) }
}

/** Sends real requests to a receiver of docs/examples, and checks what it accepts and processes. */
export async function checkReceiver(program: Program): Promise<void> {
  const [key, next] = [randomBytes(32), randomBytes(32)]
  const { url, lines } = await start(program, key)
  const post = testPost({ limits: { whole: 15_000, connect: 5_000, body: 2_000 } })
  const send = async ({ id, body }: Sent, secrets: Uint8Array[] = [key]) =>
    (await post(url, { eventId: id, body, secrets })).status
  const sendAs = async ({ id, body }: Sent, age: number, sent: string | Uint8Array<ArrayBuffer> = body) => {
    const timestamp = Math.floor(Date.now() / 1_000) - age
    const headers = { 'content-type': 'application/json', ...signatureHeaders([key], { id, timestamp, body }) }
    return (await fetch(url, { method: 'POST', headers, body: sent })).status
  }

  const first = eventOf(1, 'Zoë Müller 💳 日本 \u2028')
  expect(await send(first), 'a genuine event').toBe(204)
  expect(await send(first), 'the same event again').toBe(204)
  expect(await send(eventOf(3)), 'a later event').toBe(204)
  expect(await send(eventOf(2)), 'an event that comes late').toBe(204)
  const rotated = eventOf(4)
  expect(await send(rotated, [next, key]), 'the signatures of two secrets').toBe(204)

  expect(await send(eventOf(5), [next]), 'the signature of another secret').toBe(400)
  expect(await sendAs(eventOf(6), 301), '301 seconds old').toBe(400)
  expect(await sendAs(eventOf(7), -302), '302 seconds in the future').toBe(400)
  const changed = eventOf(8)
  expect(await sendAs(changed, 0, changed.body.replace('bc_1', 'bc_2')), 'a changed body').toBe(400)
  expect(await sendAs(changed, 0, Uint8Array.from([0xff, 0xfe])), 'a body that is not UTF-8').toBe(400)
  expect((await fetch(url, { method: 'POST', body: changed.body })).status, 'no signature').toBe(400)
  const recent = eventOf(9)
  expect(await sendAs(recent, 200), '200 seconds old').toBe(204)

  const accepted = ['evt', rotated.id, recent.id]
  await until(() => lines().length >= 4)
  expect(lines()).toEqual([
    `${first.id} charge.succeeded 1`,
    expect.stringMatching(/ charge\.succeeded 3$/),
    `${accepted[1]} charge.succeeded 4`,
    `${accepted[2]} charge.succeeded 9`,
  ])

  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ minLength: 24, maxLength: 64 }),
      async (note, other) => {
        expect(await send(eventOf(1, note, 'bc_random'), [other, key])).toBe(204)
      },
    ),
    { numRuns: 100 },
  )
}
