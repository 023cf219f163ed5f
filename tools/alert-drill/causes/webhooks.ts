import { startReceiver } from '../../webhooks/receiver.ts'
import type { Cause } from '../drill.ts'
import type { Stack } from '../stack.ts'
import { callNative } from '../../chaos/acts/caller-acts.ts'
import { visit } from '../visits.ts'

/** Starts a receiver that returns a status, and creates an endpoint for it. Returns how to remove both. */
export async function openEndpoint({ shop, caller }: Stack, status: number): Promise<() => Promise<void>> {
  const receiver = await startReceiver(() => ({ status }))
  const { body } = await callNative(shop, caller, 'POST', '/v1/webhook_endpoints', { url: receiver.url })
  return async () => {
    await callNative(shop, caller, 'DELETE', `/v1/webhook_endpoints/${(body as { id: string }).id}`)
    await receiver.close()
  }
}

const gone: Cause = {
  name: 'a receiver of webhooks returns 410',
  alerts: ['WebhookEndpointDisabled'],
  async begin(stack) {
    const close = await openEndpoint(stack, 410)
    await visit(stack)
    return close
  },
}

export const webhookCauses = [gone]
