import { afterAll, afterEach, beforeAll } from 'vitest'
import { Gate } from '../gateways/gate.ts'
import { createWorld, type World } from '../world/world.ts'
import type { OnboardingReference } from '../../../domain/reference.ts'

export type Steps = World['activities']
export let world: World
export let stripe: Gate
export let paypal: Gate
export let late: Steps
export let prompt: Steps

/** Gives the file a test environment without a worker, whose tests call the steps of `late` and `prompt`. */
export function withLateSteps(): void {
  beforeAll(async () => {
    world = await createWorld({
      worker: false,
      paypal: true,
      longestRetryPause: 300,
      gatewayTimeout: 30_000,
      settings: { paypalOrderFlow: 'two_step' },
    })
    for (const simulator of [world.simulator, world.paypal!])
      simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none', webhookId: 'none' })
    stripe = await Gate.open(world.simulator.url)
    paypal = await Gate.open(world.paypal!.url)
    late = world.activitiesWith(world.gatewaysAt({ stripe: stripe.url, paypal: paypal.url }))
    prompt = world.activities
  })
  afterEach(async () => {
    await world.clearFaults()
    await world.clearPayPalFaults()
  })
  afterAll(async () => {
    await stripe.close()
    await paypal.close()
    await world.close()
  })
}

export async function open(extra?: object) {
  const setup = await world.openSetup(undefined, extra)
  return { ...setup, reference: await referenceOf(setup.bc) }
}

export async function referenceOf(bc: string): Promise<OnboardingReference> {
  const [row] = await world.sql<OnboardingReference[]>`
    select environment, organization_id, billing_customer_id, id as onboarding_id from onboardings
    where billing_customer_id = ${bc} and ended_at is null`
  return row!
}

/** Does what a run does until it must wait. Returns for what. */
export async function drive(reference: OnboardingReference): Promise<string> {
  for (;;) {
    const { next, progress } = (await prompt.lookAtRecord(reference, null))!
    if (next === 'pay') await prompt.takePayment(reference)
    else if (next === 'activate') await prompt.activateAndEnroll(reference)
    else if (next === 'close') {
      if ((await prompt.closePayment(reference)) === 'closed') await prompt.endOnboarding(reference)
    } else return next === 'nothing' ? progress.status : next
  }
}

export const cancel = (bc: string) => world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })

/** The wallet that pays for an active customer, if PayPal still has it. */
export async function walletOf(bc: string): Promise<string | undefined> {
  const [row] = await world.sql<
    { id: string }[]
  >`select payment_method_id as id from billing_customers where id = ${bc}`
  const { body } = await world.simulatePayPal('ledger')
  return body.payment_methods.find(({ id }: { id: string }) => id === row!.id)?.id
}
