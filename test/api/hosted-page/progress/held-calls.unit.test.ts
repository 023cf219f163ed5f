import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createHeldCalls, type HeldCalls, type ReadAnswer } from '../../../../api/hosted-page/held-calls.ts'
import { isHeld } from '../../../../api/hosted-page/held-progress.ts'

test.each([
  ['/brand_1/org_1/bc_1/progress?seen=1&wait=25', true],
  ['/brand_1/org_1/bc_1/progress?seen=1', false],
  // One look would fail for all.
  ['/brand_1/org_1/%00/progress?seen=1&wait=25', false],
])('the call %s is held: %s', async (path, held) => {
  const app = new Hono().get('/:brand_id/:org_id/:bc_id/:call', (c) => c.json(isHeld(c)))
  expect(await (await app.request(path)).json()).toBe(held)
})

/** A feed without a database. */
function feedOfTest() {
  const watchers = new Map<string, Set<() => void>>()
  const end = new AbortController()
  return {
    watchers,
    /** When watches have begun. */
    begun: Promise.resolve(),
    change: (id: string) => [...(watchers.get(id) ?? [])].forEach((changed) => changed()),
    watch(id: string, changed: () => void) {
      watchers.set(id, (watchers.get(id) ?? new Set()).add(changed))
      const end = () => {
        watchers.get(id)!.delete(changed)
        if (watchers.get(id)!.size === 0) watchers.delete(id)
      }
      return { begun: this.begun, end }
    },
    ended: end.signal,
    close: async () => end.abort(),
  }
}

interface Call {
  seen: string
  /** Milliseconds. */
  wait: number
  read: () => Promise<ReadAnswer>
  reader?: string
  id?: string
  signal?: AbortSignal
}

/** Makes a call as the server does: again after each wait, until it is answered. */
async function ask(held: HeldCalls, { seen, wait, read, ...call }: Call): Promise<ReadAnswer | undefined> {
  const { id = 'bc_1', reader = `tab of ${id}`, signal = new AbortController().signal } = call
  const client = {
    hasLeft: () => signal.aborted,
    onLeave(leave: () => void) {
      signal.addEventListener('abort', leave)
      return () => signal.removeEventListener('abort', leave)
    },
  }
  const end = Date.now() + wait
  for (let hasWaited = false; ; hasWaited = true) {
    const left = hasWaited ? end - Date.now() : wait
    const found = await held.hold({ billingCustomerId: id, reader, seen, left, hasWaited, client, read })
    if (found.do === 'answer') return found.answer
    await found.wait
  }
}

function heldOf({ ofGroup = 4, inAll = 100 } = {}) {
  const feed = feedOfTest()
  const held = createHeldCalls(feed, { ofGroup, inAll })
  const record = { version: '1', isSettled: true, reads: 0 }
  const read = async () => {
    record.reads++
    return { version: record.version, isSettled: record.isSettled }
  }
  const hold = (seen: string, wait: number, more: Pick<Call, 'reader' | 'id' | 'signal'> = {}) =>
    ask(held, { seen, wait, read, ...more })
  return { feed, record, hold }
}
const aWhile = 60_000

test('a client that asks again for a version that did not change costs no read, until something changes', async () => {
  const { feed, record, hold } = heldOf()
  for (let call = 0; call < 50; call++) expect(await hold('1', 1)).toBeUndefined()
  expect(record.reads).toBe(1)
  // Another reader is read: who has one link has no right to another.
  expect(await hold('1', 1, { reader: 'other link' })).toBeUndefined()
  expect(record.reads).toBe(2)
  feed.change('bc_1')
  expect(await hold('1', 1)).toBeUndefined()
  expect(record.reads).toBe(3)
})

test('a change ends the wait; one that does not change what is read does not', async () => {
  const { feed, record, hold } = heldOf()
  const call = hold('1', aWhile)
  await new Promise(setImmediate)
  feed.change('bc_2')
  feed.change('bc_1')
  await new Promise(setImmediate)
  expect(record.reads).toBe(2)
  record.version = '2'
  feed.change('bc_1')
  expect(await call).toMatchObject({ version: '2' })
})

test('nothing is read before the watch has begun, also by a second call', async () => {
  const { feed, record, hold } = heldOf()
  let begin = () => {}
  feed.begun = new Promise((resolve) => (begin = resolve))
  const calls = [hold('1', aWhile), hold('1', aWhile)]
  await new Promise(setImmediate)
  expect(record.reads).toBe(0)
  record.version = '2'
  begin()
  expect(await Promise.all(calls)).toMatchObject([{ version: '2' }, { version: '2' }])
})

test('a change during the read is not missed', async () => {
  const feed = feedOfTest()
  let version = '1'
  const call = ask(createHeldCalls(feed), {
    seen: '1',
    wait: aWhile,
    async read() {
      const answer = { version, isSettled: true }
      // Committed after this read began.
      if (version === '1') {
        version = '2'
        feed.change('bc_1')
      }
      return answer
    },
  })
  expect(await call).toMatchObject({ version: '2' })
})

test('beyond the places of a link and of the process, calls return at once', async () => {
  const { feed, hold } = heldOf({ ofGroup: 2, inAll: 3 })
  const held = [hold('1', aWhile), hold('1', aWhile), hold('1', aWhile, { id: 'bc_2' })]
  expect(await hold('1', aWhile)).toMatchObject({ version: '1' })
  expect(await hold('1', aWhile, { id: 'bc_3' })).toMatchObject({ version: '1' })
  await feed.close()
  expect(await Promise.all(held)).toEqual([undefined, undefined, undefined])
})

test('calls with wrong tokens take no place of the link', async () => {
  const slow = createHeldCalls(feedOfTest(), { ofGroup: 1, inAll: 100 })
  const calls = (reader: string, read: Call['read']) => ask(slow, { reader, seen: '1', wait: 1, read })
  let refuse = () => {}
  const stranger = calls('stranger', () => new Promise((_, reject) => (refuse = () => reject(new Error('404')))))
  expect(await calls('tab', async () => ({ version: '1', isSettled: true }))).toBeUndefined()
  refuse()
  await expect(stranger).rejects.toThrow('404')
})

test('at shutdown held calls return, and later ones are not held', async () => {
  const { feed, hold } = heldOf()
  const held = hold('1', aWhile)
  await new Promise(setImmediate)
  await feed.close()
  expect(await held).toBeUndefined()
  expect(await hold('1', aWhile)).toMatchObject({ version: '1' })
})

test('a client that disconnects frees its place, and a call that fails leaves nothing behind', async () => {
  const { feed, hold } = heldOf({ ofGroup: 1 })
  const client = new AbortController()
  const held = hold('1', aWhile, { signal: client.signal })
  await new Promise(setImmediate)
  client.abort()
  expect(await held).toBeUndefined()
  expect(await hold('1', 1)).toBeUndefined()
  const failing = ask(createHeldCalls(feed), {
    id: 'bc_wrong',
    reader: 'stranger',
    seen: '1',
    wait: aWhile,
    read: () => Promise.reject(new Error('404')),
  })
  await expect(failing).rejects.toThrow('404')
  expect(feed.watchers.has('bc_wrong')).toBe(false)
})

test('what the gateway did not return is read again every second', async () => {
  const { record, hold } = heldOf()
  record.isSettled = false
  const call = hold('1', aWhile)
  await new Promise(setImmediate)
  ;[record.version, record.isSettled] = ['2', true]
  expect(await call).toMatchObject({ version: '2' })
})
