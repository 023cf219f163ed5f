import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startProxy, type Proxy } from '../../../tools/chaos/processes/proxy.ts'
import { freeLowPorts } from '../../../tools/local/ports.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A process that says its name, and whether it is ready. */
async function backend(name: string, port: number) {
  const state = { ready: true, breaks: false }
  const server: Server = createServer((request, response) => {
    if (request.url === '/readyz') return void response.writeHead(state.ready ? 200 : 503).end()
    if (state.breaks) return void request.socket.destroy()
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => response.end(`${name} ${request.method} ${request.url} ${body}`))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  closers.push(close)
  return { state, close }
}

async function start() {
  const [port, one, two] = (await freeLowPorts(3)) as [number, number, number]
  const backends = [await backend('one', one), await backend('two', two)] as const
  const proxy: Proxy = await startProxy(port, [one, two], 20)
  closers.push(() => proxy.close())
  await Promise.all([proxy.untilReady(one), proxy.untilReady(two)])
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/x?y=1`, { method: 'POST', body: 'words' })
    return `${response.status} ${await response.text()}`.trim()
  }
  return { backends, proxy, ask }
}

const [fromOne, fromTwo] = ['one', 'two'].map((name) => `200 ${name} POST /v1/x?y=1 words`)

test('requests are shared among processes that are ready', async () => {
  const { backends, proxy, ask } = await start()
  expect(new Set([await ask(), await ask()])).toEqual(new Set([fromOne, fromTwo]))
  backends[0].state.ready = false
  await expect.poll(async () => [await ask(), await ask()]).toEqual([fromTwo, fromTwo])
  // If none is ready, each answers for itself.
  backends[1].state.ready = false
  await expect.poll(async () => new Set([await ask(), await ask()])).toEqual(new Set([fromOne, fromTwo]))
  expect(proxy.failures).toEqual({})
})

test('a request goes to the next process if the first does not listen, and is never sent twice', async () => {
  const { backends, proxy, ask } = await start()
  backends[0].close()
  expect([await ask(), await ask()]).toEqual([fromTwo, fromTwo])
  expect(proxy.failures).toEqual({})
  backends[1].state.breaks = true
  await expect.poll(ask).toBe('502')
  expect(proxy.failures['ECONNRESET POST /v1/x']).toBeGreaterThan(0)
})
