import { rmSync } from 'node:fs'
import { afterEach, beforeEach } from 'vitest'
import type { OurMetadata, VendorGateway } from '../../../gateways/gateway.ts'
import { stripeGateway } from '../../../gateways/stripe/stripe-gateway.ts'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { ask, saying, type Answer } from '../answer.ts'
import { startJudgedSimulator } from '../judge/judged-simulator.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

export const metadata: OurMetadata = {
  organization_id: 'org_1',
  environment: 'sandbox',
  customer_id: 'cus_1',
  billing_customer_id: 'bc_1',
  onboarding_id: 'onb_1',
}

export const returnUrl = 'https://pages.example/returned'
export let simulator: StripeSimulator
export let gateway: VendorGateway

/** Gives each test of the file an empty Stripe simulator and our gateway connected to it. */
export function eachWithStripe(): void {
  let folder: string
  beforeEach(async () => {
    folder = temporaryFolder('stripe-gateway')
    simulator = await startJudgedSimulator({ folder })
    gateway = stripeGateway({
      secretKey: 'sk_test_x',
      webhookSecrets: [],
      apiUrl: simulator.url,
      returnUrl,
      timeout: 20_000,
    })
  })
  afterEach(async () => {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** Calls a control of the simulator. */
export const simulate = (path: string, body?: object): Promise<Answer> =>
  ask(`${simulator.url}/_sim/${path}`, saying(body))

/** Calls Stripe's API as another client would: the dashboard or another program. */
export const atStripe = (method: string, path: string, form: Record<string, string> = {}): Promise<Answer> =>
  ask(`${simulator.url}${path}`, {
    method,
    headers: { Authorization: 'Bearer sk_test_dashboard' },
    ...(method === 'POST' ? { body: new URLSearchParams(form) } : {}),
  })

/** Creates an intent with a new customer. */
export async function newIntent(kind: 'payment' | 'setup' = 'payment', key = '1') {
  const customerId = await gateway.createCustomer(metadata, 'customer')
  const amount = kind === 'payment' ? 1500 : 0
  const id = await gateway.createObject(
    { kind, customerId, amount, currency: 'USD', metadata, reference: '' },
    `${kind}/${key}`,
  )
  return { object: kind === 'payment' ? { kind, id } : { kind, id, metadata }, customerId }
}

/** Confirms with a caller's saved method. With `offSession`, the customer is absent. */
export const confirmWith = (
  { object }: Awaited<ReturnType<typeof newIntent>>,
  id: string,
  { offSession = false, keep = true, challenge = false, key = 'confirm', singleUse = false } = {},
) =>
  gateway.confirm(
    object,
    {
      reference: { id, singleUse },
      offSession,
      keep,
      challenge,
      amount: object.kind === 'payment' ? 1500 : 0,
      currency: 'USD',
    },
    key,
  )
