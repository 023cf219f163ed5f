import { expect, test } from 'vitest'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { createAccountLookup, type Opened, type StoredAccount } from '../../gateways/stored-accounts.ts'

const account = { accountId: 'ga_1', environment: 'sandbox', gateway: 'stripe' } as const

test('calls that look an account up at once share one gateway, whose calls in flight are counted once', async () => {
  const stored = { account, status: 'active', ownership: 'proven', revision: '1' } as StoredAccount
  let opened = 0
  const open = (): Opened => {
    opened++
    return { account, gateway: { name: 'stripe' } as PaymentGateway, browser: {} as Opened['browser'] }
  }
  const lookUp = createAccountLookup(() => Promise.resolve(stored), open)
  const all = await Promise.all(Array.from({ length: 20 }, () => lookUp('ga_1')))
  expect(opened).toBe(1)
  expect(new Set(all.map(({ gateway }) => gateway)).size).toBe(1)
  stored.revision = '2'
  await new Promise((resolve) => setTimeout(resolve, 300))
  await Promise.all(Array.from({ length: 20 }, () => lookUp('ga_1')))
  expect(opened).toBe(2)
})
