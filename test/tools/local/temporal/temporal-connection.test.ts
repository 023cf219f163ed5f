import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Connection } from '@temporalio/client'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { readConfig } from '../../../../runtime/config.ts'
import { clientOptions } from '../../../../runtime/temporal.ts'
import { connectTo } from '../../../../worker/connect.ts'
import '../../../support/servers/temporal-runtime.ts'
import { until } from '../../../support/until.ts'

// The bytes that programs send to a server that is unencrypted or unavailable.

let received = Buffer.alloc(0)
const sockets = new Set<Socket>()
const server: Server = createServer((socket) => {
  sockets.add(socket)
  socket.on('error', () => {}).on('data', (chunk) => (received = Buffer.concat([received, chunk])))
})
let address: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => (received = Buffer.alloc(0)))
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

const key = 'abc-secret'
const temporalOf = (env: NodeJS.ProcessEnv) => readConfig({ TEMPORAL_ADDRESS: address, ...env }, ['temporal']).temporal

/** Open connections as the API and the worker do. */
const speakers = {
  api: async (env: NodeJS.ProcessEnv) => {
    const connection = Connection.lazy(clientOptions(temporalOf(env)))
    const call = () =>
      connection.withDeadline(Date.now() + 1_500, () => connection.workflowService.getSystemInfo({})).catch(() => {})
    // On a busy machine the first may end before it is connected.
    await until(async () => (await call(), received.length > 0))
    await connection.close()
  },
  worker: async (env: NodeJS.ProcessEnv) => {
    const { namespace, ...options } = temporalOf(env)
    const connecting = connectTo(options, namespace).catch(() => {})
    await until(() => received.length > 0)
    for (const socket of sockets) socket.destroy()
    await connecting
  },
}
const tlsHandshake = 0x16

test.each(Object.entries(speakers))(
  '%s: an API key is sent only over TLS, even if TEMPORAL_TLS is empty',
  async (_, speak) => {
    for (const TEMPORAL_TLS of ['', undefined, 'yes']) {
      received = Buffer.alloc(0)
      await speak({ TEMPORAL_API_KEY: key, TEMPORAL_TLS })
      expect([received[0], received.includes(key)]).toEqual([tlsHandshake, false])
    }
  },
)

test.each(Object.entries(speakers))(
  '%s: without a key, and with TLS off on this machine, connections are not encrypted',
  async (_, speak) => {
    for (const env of [{}, { TEMPORAL_TLS: 'off' }, { TEMPORAL_API_KEY: key, TEMPORAL_TLS: 'no' }]) {
      received = Buffer.alloc(0)
      await speak(env)
      expect(received.subarray(0, 14).toString()).toBe('PRI * HTTP/2.0')
    }
  },
)

test('reports an unreachable server in one sentence, and a missing namespace with the command for it', async () => {
  await expect(connectTo({ address: '127.0.0.1:1' }, 'default')).rejects.toThrow(
    /^Temporal at 127\.0\.0\.1:1 cannot be reached \(TEMPORAL_ADDRESS, TEMPORAL_TLS\): Connection refused/,
  )
  await expect(connectTo({ address: inject('temporalAddress') }, 'nobody')).rejects.toThrow(
    /has no namespace "nobody" \(TEMPORAL_NAMESPACE\).*\n {2}temporal operator namespace create --namespace nobody /,
  )
})
