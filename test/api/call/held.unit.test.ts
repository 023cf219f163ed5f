import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { accessLog } from '../../../api/call/access-log.ts'
import { heldOf, holdingCalls } from '../../../api/call/held.ts'
import { createLog } from '../../../runtime/log.ts'

/** An app whose call waits this many times, and what it did. */
function appThatWaits(times: number) {
  const passes: (number | undefined)[] = []
  const lines: { status: number; request_id: string }[] = []
  const log = createLog({ level: 'info', format: 'json', name: 'test' })
  log.info = ((line: (typeof lines)[number]) => void lines.push(line)) as typeof log.info
  const releases: (() => void)[] = []
  const app = new Hono()
  app.use(accessLog(log))
  app.get('/held', (c) => {
    const held = heldOf(c)
    passes.push(held.heldSince)
    if (passes.length <= times) held.wait = new Promise((resolve) => releases.push(resolve))
    return c.text(`pass ${passes.length}`)
  })
  return { passes, lines, releases, fetch: holdingCalls((request, env) => app.fetch(request, env)) }
}

test('a call that waits runs again after its wait, and only its last response is sent and logged', async () => {
  const { passes, lines, releases, fetch } = appThatWaits(2)
  const began = Date.now()
  let response: Response | undefined
  const answering = Promise.resolve(fetch(new Request('http://127.0.0.1/held'), {})).then((made) => (response = made))
  for (const pass of [1, 2]) {
    await expect.poll(() => passes.length).toBe(pass)
    expect([response, lines]).toEqual([undefined, []])
    releases[pass - 1]!()
  }
  await answering
  expect(await response!.text()).toBe('pass 3')
  expect(passes[0]).toBeUndefined()
  expect(passes[1]).toBeGreaterThanOrEqual(began)
  expect(passes[2]).toBe(passes[1])
  expect(lines).toMatchObject([{ status: 200, request_id: response!.headers.get('X-Request-Id') }])
})

test('a call that does not wait runs once', async () => {
  const { passes, lines, fetch } = appThatWaits(0)
  expect(await (await fetch(new Request('http://127.0.0.1/held'), {})).text()).toBe('pass 1')
  expect([passes, lines.length]).toEqual([[undefined], 1])
})

test('calls whose wait ends together run again 256 at a time', async () => {
  let release = () => {}
  const wait = new Promise<void>((resolve) => (release = resolve))
  let [running, most] = [0, 0]
  const app = new Hono().get('/held', async (c) => {
    const held = heldOf(c)
    if (held.heldSince === undefined) held.wait = wait
    else {
      most = Math.max(most, ++running)
      await new Promise(setImmediate)
      running--
    }
    return c.text('done')
  })
  const fetch = holdingCalls((request, env) => app.fetch(request, env))
  const calls = Array.from({ length: 1_000 }, async () =>
    (await fetch(new Request('http://127.0.0.1/held'), {})).text(),
  )
  release()
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['done']))
  expect(most).toBe(256)
})
