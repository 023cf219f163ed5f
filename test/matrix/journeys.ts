import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Fault } from '../../tools/simulators/faults.ts'
import { chargesAtVendors } from '../support/payments/charges-at-vendors.ts'
import type { Place } from './places.ts'
import type { SetupPage } from '../support/world/setup-page.ts'
import { until } from '../support/until.ts'
import type { Answer, World } from '../support/world/world.ts'

/** One onboarding of the matrix, with the number of its accepted submissions. */
export interface Visit {
  world: World
  place: Place
  contact: string
  bc: string
  page: SetupPage
  customerId: string
  onboardingId: string
  submissions: number
  /** The payer whose wallet pays. Default: one per onboarding. */
  payer: string | undefined
}

export interface Journey {
  /** Whether the onboarding charges. */
  charges: boolean
  end: 'completed' | 'canceled'
  /** What the caller refunds after the completion, in minor units. */
  refunds?: number
  /** Whether the caller closes the billing customer after the completion. */
  closes?: true
  /** Performs all actions of customer and caller. */
  go(visit: Visit): Promise<void>
}

/** Timeout of one onboarding and poll interval, in milliseconds. Generous, because many onboardings share a machine. */
const timeLimit = 240_000
const pause = 400
const mostSubmissions = 6
const declinedCard = '4000000000000002'
const nothing = { amount: 0, currency: 'USD' }

const journeysByName = {
  payByCard: pays((visit) => submitCard(visit)),
  payByPayPal: pays(({ page, payer }) => page.submitPayPal(undefined, payer)),
  payBySavedCard: { charges: true, end: 'completed', go: callWithSavedCard },
  saveCard: { ...pays((visit) => submitCard(visit, nothing)), charges: false },
  saveWallet: { ...pays(({ page, payer }) => page.submitPayPal(nothing, payer)), charges: false },
  cancelDeclined: { charges: true, end: 'canceled', go: cancelDeclined },
  cancelPaidByCard: cancelsPaid('stripe', '/v1/payment_intents/*', 'confirm'),
  cancelPaidByPayPal: cancelsPaid('paypal', '/v2/checkout/orders/*', 'capture'),
  refundPartByCard: refundsParts((visit) => submitCard(visit)),
  refundPartByPayPal: refundsParts(({ page, payer }) => page.submitPayPal(undefined, payer)),
  closePaidByCard: closes((visit) => submitCard(visit)),
  closePaidByPayPal: closes(({ page, payer }) => page.submitPayPal(undefined, payer)),
} satisfies Record<string, Journey>
export type JourneyName = keyof typeof journeysByName
export const journeys: Record<JourneyName, Journey> = journeysByName

/** Enters a card at the account of the customer's organization, and submits it. */
function submitCard({ page, place }: Visit, shown?: object, card?: string): Promise<Answer> {
  return page.submitCard(card, shown, place.publishableKey)
}

/** Polls until the condition holds. Connections that break on a busy machine are retried. */
export async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  const tried = () =>
    holds().catch((error: unknown) => {
      if (error instanceof TypeError && error.message === 'fetch failed') return false
      throw error
    })
  await until(async () => (await tried()) || (await sleep(pause, false)), Boolean, timeLimit)
}

const ended = ({ world, onboardingId }: Visit) =>
  waitUntil(async () => {
    const rows = await world.sql`select 1 from onboardings where id = ${onboardingId} and ended_at is not null`
    return rows.length > 0
  })

/** Opens an onboarding that charges, or only saves a method. */
export async function openVisit(world: World, { charges }: Journey, place: Place, payer?: string): Promise<Visit> {
  const { contact, bc, page } = await (charges ? world.openSetup(undefined, place.edge) : openFree(world, place))
  const [row] = await world.sql<{ customerId: string; onboardingId: string }[]>`
    select b.customer_id, o.id as onboarding_id
    from billing_customers b join onboardings o on o.billing_customer_id = b.id
    where b.id = ${bc}`
  return { world, place, contact, bc, page, ...row!, submissions: 0, payer }
}

async function openFree(world: World, { edge }: Place) {
  const contact = world.newContact()
  const asked = { ...edge, contact_id: contact, require_initial: 0 }
  const { body } = await until(
    () => world.edge('createCustomer', asked),
    ({ status }) => status === 200,
  )
  return { contact, bc: body.billing_customer_id as string, page: world.pageOf(body.data.setup_url) }
}

/** Adds a fault to the gateway's simulator. Returns its id. */
export async function orderFault(world: World, gateway: GatewayName, fault: Fault): Promise<string> {
  const { status, body } = await (gateway === 'stripe'
    ? world.simulate('faults', fault)
    : world.simulatePayPal('faults', fault))
  if (status !== 201) throw new Error(`the fault was not taken: ${JSON.stringify(body)}`)
  return body.id
}

export const simulatorUrl = (world: World, gateway: GatewayName) =>
  gateway === 'stripe' ? world.simulator.url : world.paypal!.url

/** Returns the journey of a customer who submits a payment method whenever the page requests one. */
function pays(submit: (visit: Visit) => Promise<Answer>): Journey {
  return { charges: true, end: 'completed', go: (visit) => keepEntering(visit, submit) }
}

type Submit = (visit: Visit) => Promise<Answer>

/** Returns a journey whose charge is refunded in two parts, the second while the first may still fail. */
function refundsParts(submit: Submit): Journey {
  const go = async (visit: Visit) => {
    await keepEntering(visit, submit)
    await ended(visit)
    for (const amount of [400, 500]) await refundPart(visit, amount)
  }
  return { charges: true, end: 'completed', refunds: 900, go }
}

async function refundPart({ world, bc, place }: Visit, amount: number): Promise<void> {
  const [charge] = await world.sql<{ id: string }[]>`
    select id from charges where billing_customer_id = ${bc} and state = 'succeeded'`
  const refund = { amount, reason: 'x' }
  const { status, body } = await world.asNative('POST', `/v1/charges/${charge!.id}/refund`, refund, place.key)
  if (status !== 200) throw new Error(`the refund answered ${status} ${JSON.stringify(body)}`)
}

/** Returns a journey whose customer is closed, whose charge is refunded. */
function closes(submit: Submit): Journey {
  const go = async (visit: Visit) => {
    await keepEntering(visit, submit)
    await ended(visit)
    const { world, bc, place } = visit
    const close = { reason: 'the contract has ended', refund_initial: true }
    const { status, body } = await world.asNative('POST', `/v1/billing_customers/${bc}/close`, close, place.key)
    if (status !== 200) throw new Error(`close answered ${status} ${JSON.stringify(body)}`)
  }
  return { charges: true, end: 'completed', refunds: 1500, closes: true, go }
}

function keepEntering(visit: Visit, submit: (visit: Visit) => Promise<Answer>): Promise<void> {
  return waitUntil(async () => {
    const { status, body } = await visit.page.progress()
    if (status < 500 && body.status !== 'pending') return true
    if (status === 200 && !body.paying) await enter(visit, submit)
    return false
  })
}

/** Submits a payment method. Returns whether one is being processed, as a 503 may arrive after the submission. */
async function enter(visit: Visit, submit: (visit: Visit) => Promise<Answer>): Promise<boolean> {
  if (visit.submissions === mostSubmissions) throw new Error(`submitted ${mostSubmissions} times without success`)
  const { status, body } = await submit(visit)
  if (status === 202) visit.submissions++
  else if (status !== 503 && status !== 409) throw new Error(`the page got ${status} ${JSON.stringify(body)}`)
  return status === 202 || status === 409
}

async function callWithSavedCard(visit: Visit): Promise<void> {
  const { world, contact, place } = visit
  const payment_data = { pm_id: 'pm_card_visa' }
  const { status, body } = await until(
    () => world.edge('createCustomer', { ...place.edge, contact_id: contact, payment_data }),
    (answer) => answer.status !== 503,
  )
  if (status !== 200) throw new Error(`createCustomer answered ${status} ${JSON.stringify(body)}`)
  visit.submissions++
  await ended(visit)
}

const cancel = ({ world, bc, place }: Visit) =>
  waitUntil(async () => {
    const body = { reason: 'changed their mind' }
    return (await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, body, place.key)).status === 200
  })

async function cancelDeclined(visit: Visit): Promise<void> {
  await waitUntil(() => enter(visit, () => submitCard(visit, undefined, declinedCard)))
  await waitUntil(async () => (await visit.page.progress()).body.paying === false)
  await cancel(visit)
  await ended(visit)
}

/** Returns a journey canceled after the charge and before the service knows of it. The gateway hides the outcome. */
function cancelsPaid(gateway: GatewayName, path: string, call: string): Journey {
  const go = async (visit: Visit) => {
    const { world, onboardingId: about } = visit
    const lost = { match: { method: 'POST', path: `${path}/${call}`, about }, fault: 'lose_answer', times: 1 } as const
    const after = await orderFault(world, gateway, lost)
    // Hidden only from then on: a call that timed out before the charge must be read before it is repeated.
    const unread = { match: { method: 'GET', path, about }, fault: 'error_before', times: 100_000, after } as const
    const hidden = await orderFault(world, gateway, unread)
    await waitUntil(() =>
      enter(visit, ({ page, payer }) =>
        gateway === 'stripe' ? submitCard(visit) : page.submitPayPal(undefined, payer),
      ),
    )
    await waitUntil(async () => (await chargesOf(visit)).length > 0)
    await cancel(visit)
    const show = { method: 'DELETE' }
    await waitUntil(async () => {
      const { status } = await world.request(`${simulatorUrl(world, gateway)}/_sim/faults/${hidden}`, show)
      return status === 200
    })
    await ended(visit)
  }
  return { charges: true, end: 'canceled', go }
}

/** Returns an onboarding's charges in the ledgers of all gateways. */
export const chargesOf = ({ world, bc }: Visit): Promise<{ id: string; amount: number; refunded_amount: number }[]> =>
  chargesAtVendors(world, bc)
