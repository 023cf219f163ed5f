import { createServer, connect, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { responds } from '../../api/ready.ts'

const block = (milliseconds: number) => {
  for (const end = performance.now() + milliseconds; performance.now() < end;);
}

/** Queries a server that responds immediately, over a connection that first takes several round trips. */
async function askThroughHandshakes(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  for (let trip = 0; trip < 3; trip++) {
    socket.write('?')
    await once(socket, 'data')
  }
  socket.destroy()
}

test('a responding server is not reported as down because our own event loop is busy', async () => {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const busy = setInterval(() => block(60), 1)
  try {
    expect(await responds(askThroughHandshakes((server.address() as AddressInfo).port), 100)).toBe(true)
  } finally {
    clearInterval(busy)
    server.close()
  }
})

test('a server that does not respond, or rejects, is reported as down within the limit', async () => {
  // Timers count from the time of the event loop, which is behind that of the clock by what this turn has taken so far.
  await nextTurn()
  const began = performance.now()
  expect(await responds(new Promise(() => {}), 100)).toBe(false)
  expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  expect(await responds(Promise.reject(new Error('no')), 100)).toBe(false)
})
