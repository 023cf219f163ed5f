import { onTestFinished } from 'vitest'
import type { TryRequest } from '../../../domain/webhooks/post.ts'
import type { AllowedNetwork } from '../../../domain/webhooks/address-rules.ts'
import { createAddressRules } from '../../../receivers/addresses.ts'
import { createReceivers, type ReceiverOptions } from '../../../receivers/post.ts'

export const loopbackNetworks: AllowedNetwork[] = [
  { address: '127.0.0.0', bits: 8, fromPort: 1, toPort: 65_535 },
  { address: '::1', bits: 128, fromPort: 1, toPort: 65_535 },
]

/** Longer than a busy machine delays what ends on its own. In milliseconds. */
const longLimits = { whole: 40_000, connect: 20_000, body: 10_000 }

export interface TestReceiverOptions extends Partial<ReceiverOptions> {
  networks?: AllowedNetwork[]
}

/** Returns `post` of receivers that may reach loopback, closed when the test ends. */
export function testPost({ networks = loopbackNetworks, ...options }: TestReceiverOptions = {}) {
  const rules = createAddressRules(networks, [])
  const receivers = createReceivers({ rules, publicUrl: 'https://billing.example', limits: longLimits, ...options })
  onTestFinished(() => receivers.close())
  return (url: string, rest: Partial<TryRequest> = {}) =>
    receivers.post({ url, eventId: 'evt_1', at: new Date(), body: '{}', secrets: [new Uint8Array(32)], ...rest })
}
