import { expect, inject, test } from 'vitest'
import { checkPolling } from '../../worker/check-polling.ts'

const temporal = { address: inject('temporalAddress'), namespace: 'default', tls: false as const }

test('the health check says in one sentence that no worker polls', async () => {
  await expect(checkPolling({ taskQueue: 'nobody-polls', temporal }, 'here')).rejects.toThrow(
    'no worker on here polls the task queue nobody-polls in the namespace default',
  )
})

test('the health check names the address of a Temporal that does not respond', { timeout: 20_000 }, async () => {
  const away = { ...temporal, address: '127.0.0.1:1' }
  await expect(checkPolling({ taskQueue: 'any', temporal: away }, 'here')).rejects.toThrow(
    'Temporal at 127.0.0.1:1 does not report its workers: Failed to connect before the deadline',
  )
})

test('the health check names a namespace that does not exist', async () => {
  const elsewhere = { ...temporal, namespace: 'not-there' }
  await expect(checkPolling({ taskQueue: 'any', temporal: elsewhere }, 'here')).rejects.toThrow(/not-there/)
})
