import type { Call } from '../behavior/call.ts'
import { paymentCalls } from '../behavior/captures.ts'
import { disputeCalls } from '../behavior/disputes.ts'
import { identityCalls } from '../behavior/identity.ts'
import { orderCalls } from '../behavior/orders.ts'
import { reportingCalls } from '../lists/reporting.ts'
import { vaultCalls } from '../behavior/vault.ts'
import { verificationCalls } from '../behavior/verification.ts'
import { webhookCalls } from '../webhooks/endpoints.ts'

const calls: Call[] = [
  ...vaultCalls,
  ...orderCalls,
  ...paymentCalls,
  ...disputeCalls,
  ...reportingCalls,
  ...verificationCalls,
  ...identityCalls,
  ...webhookCalls,
]

/** Finds the call that a request makes, with the id in its path. */
export function findCall(method: string, path: string): { call: Call; id: string } | undefined {
  for (const call of calls) {
    const match = call.method === method && new RegExp(`^${call.path.replace(':id', '([^/]+)')}$`).exec(path)
    if (match) return { call, id: match[1] ?? '' }
  }
  return undefined
}
