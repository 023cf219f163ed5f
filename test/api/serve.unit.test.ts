import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { serveApi } from '../../api/serve.ts'

const app = new Hono()
  .get('/', (c) => c.text('here'))
  .get('/slow', async (c) => {
    await sleep(1_500)
    return c.text('done')
  })
const serve = (keepAlive = 65, port = 0) => serveApi({ fetch: app.fetch, port, hostname: '127.0.0.1', keepAlive })

test('an idle connection is kept as long as configured, and not much longer', async () => {
  const serving = serve(1)
  const socket = connect(await serving.listening, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: api\r\n\r\n')
  await once(socket, 'data')
  const idleSince = Date.now()
  await once(socket.resume(), 'end')
  const idle = Date.now() - idleSince
  // Node adds a second of its own, so that a request which is on its way still finds the connection.
  expect([idle > 900, idle < 10_000]).toEqual([true, true])
  socket.destroy()
  await serving.drain(0)
})

test('a drain accepts calls with Connection: close, then rejects new ones and completes running ones', async () => {
  const serving = serve()
  const url = `http://127.0.0.1:${await serving.listening}`
  const drained = serving.drain(1_000)
  await sleep(200)
  const during = await fetch(url)
  expect([during.status, during.headers.get('Connection')]).toEqual([200, 'close'])
  const slow = fetch(`${url}/slow`)
  await sleep(1_200)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
  expect(await (await slow).text()).toBe('done')
  await drained
})

test('reports an unusable address in one sentence', async () => {
  const first = serve()
  const port = await first.listening
  await expect(serve(65, port).listening).rejects.toThrow(`PORT ${port} is in use at 127.0.0.1 by another program`)
  const elsewhere = serveApi({ fetch: app.fetch, port: 0, hostname: '192.0.2.1', keepAlive: 65 })
  await expect(elsewhere.listening).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine')
  await first.drain(0)
})
