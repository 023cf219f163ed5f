import { sleep } from '@temporalio/workflow'
import { bulkOnboarding as bulkToday } from '../../workflows/bulk/bulk-onboarding.ts'
import { onboarding as today } from '../../workflows/onboarding.ts'
import { money as moneyToday } from '../../workflows/settle-charge.ts'
import { webhookEndpoint as endpointToday } from '../../workflows/webhook-endpoint.ts'
import type { BulkReference } from '../../domain/bulk/bulk.ts'
import type { EndpointReference } from '../../domain/webhooks/endpoint.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'

/** A change that must fail replay: a new command before the first command of old runs. */
export async function onboarding(input: RunInput) {
  await sleep(1)
  return today(input)
}

export const replacePaymentMethod = onboarding

export async function bulkOnboarding(bulk: BulkReference) {
  await sleep(1)
  return bulkToday(bulk)
}

export async function webhookEndpoint(endpoint: EndpointReference) {
  await sleep(1)
  return endpointToday(endpoint)
}

export async function money(chargeId: string) {
  await sleep(1)
  return moneyToday(chargeId)
}
