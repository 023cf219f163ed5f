import { checkCharge } from '../../../activities/reconcile/check-charge.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'
import { installationAccount } from '../../../domain/reference.ts'
import type { AccountChoice } from '../../../domain/tenant/gateway-accounts.ts'
import { refuseCrossAccount } from '../../support/gateways/own-accounts.ts'
import { chargesAtVendors } from '../../support/payments/charges-at-vendors.ts'
import { connectMerchant, type Merchant } from '../../support/payments/merchants.ts'
import { until } from '../../support/until.ts'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// The service itself, for two organizations at once, whose accounts change between the beginning and the end of what
// their customers do. test/gateways/isolation has every single call.

let world: World
let merchants: Merchant[]

interface Change {
  /** The setting while customers begin, and afterwards. */
  from: AccountChoice
  to: AccountChoice
  command?: 'drain' | 'disable'
  /** Whether what began at the account may still be paid there. */
  goesOn: boolean
}

/** An account of another kind is one more line here and one in `connectMerchant`. */
const changes: Record<string, Change> = {
  'the shared account': { from: 'shared', to: 'shared', goesOn: true },
  'own accounts': { from: 'own', to: 'own', goesOn: true },
  'a shared account that was replaced by own ones': { from: 'shared', to: 'own', goesOn: true },
  'own accounts that drain': { from: 'own', to: 'own_or_shared', command: 'drain', goesOn: true },
  'own accounts that are disabled': { from: 'own', to: 'own_or_shared', command: 'disable', goesOn: false },
}

/** A merchant's customers of one gateway, in every state that the account's change can meet. */
interface Customers {
  merchant: Merchant
  gateway: GatewayName
  refunded: string
  closed: string
  waiting: Awaited<ReturnType<typeof leave>>
  canceled: string
}

const publishable = ({ publishableKey }: Merchant, choice: AccountChoice) =>
  choice === 'shared' ? 'pk_test_world' : publishableKey

async function pay(merchant: Merchant, gateway: GatewayName, choice: AccountChoice): Promise<string> {
  const { bc, page } = await merchant.open()
  const { status } = await (gateway === 'paypal'
    ? page.submitPayPal()
    : page.submitCard(undefined, undefined, publishable(merchant, choice)))
  expect(status).toBe(202)
  expect(await merchant.ended(bc)).toBe('completed')
  return bc
}

async function decline(merchant: Merchant, gateway: GatewayName, choice: AccountChoice): Promise<string> {
  const { bc, page } = await merchant.open()
  if (gateway === 'stripe') await page.submitCard('4000000000000002', undefined, publishable(merchant, choice))
  else await page.openPayPal()
  return bc
}

/** Leaves a customer at the bank, or at PayPal. Returns how the customer comes back from there. */
async function leave(merchant: Merchant, gateway: GatewayName, choice: AccountChoice) {
  const { bc, page } = await merchant.open()
  if (gateway === 'paypal') {
    const { setup_token } = (await page.openPayPal()).body
    await world.simulatePayPal('approve', { setup_token, outcome: 'approve' })
    return { bc, comeBack: async () => expect((await page.submitPayPalToken(setup_token)).status).toBe(202) }
  }
  await page.submitCard('4000002760003184', undefined, publishable(merchant, choice))
  await until(async () => (await page.progress()).body.action?.type === 'stripe_next_action')
  return { bc, comeBack: () => answerBank(page) }
}

async function begin(merchant: Merchant, gateway: GatewayName, choice: AccountChoice): Promise<Customers> {
  const [refunded, closed, canceled, waiting] = await Promise.all([
    pay(merchant, gateway, choice),
    pay(merchant, gateway, choice),
    decline(merchant, gateway, choice),
    leave(merchant, gateway, choice),
  ])
  return { merchant, gateway, refunded, closed, canceled, waiting }
}

const chargeOf = async (bc: string) => {
  const [row] = await world.sql<{ id: string; accountId: string; objectId: string }[]>`
    select c.id, c.account_id, p.object_id from charges c
      join payment_objects p on p.onboarding_id = c.object_onboarding_id and p.k = c.k
    where c.billing_customer_id = ${bc} and c.state in ('succeeded', 'refund_pending', 'refunded')`
  return row
}

const atVendors = (bc: string) => chargesAtVendors(world, bc)

async function finish({ merchant, gateway, refunded, closed, canceled, waiting }: Customers, change: Change) {
  const charge = (await chargeOf(refunded))!
  await merchant.native('POST', `/v1/charges/${charge.id}/refund`, { amount: 400, reason: 'a part' })
  await merchant.native('POST', `/v1/billing_customers/${closed}/close`, { reason: 'the end', refund_initial: true })
  await merchant.native('POST', `/v1/billing_customers/${canceled}/cancel`, { reason: 'by phone' })
  expect(await merchant.ended(canceled)).toBe('canceled')
  // At a disabled account the bank's customer has paid, and who approved at PayPal has not.
  const completes = gateway === 'stripe' || change.goesOn
  if (completes) await waiting.comeBack()
  else await merchant.native('POST', `/v1/billing_customers/${waiting.bc}/cancel`, { reason: 'by phone' })
  expect(await merchant.ended(waiting.bc)).toBe(completes ? 'completed' : 'canceled')
  const accountId = accountFor(merchant, gateway, change.from, true)
  expect((await chargeOf(waiting.bc))?.accountId).toBe(completes ? accountId : undefined)
  expect(await atVendors(waiting.bc)).toHaveLength(completes ? 1 : 0)
  await until(async () => (await atVendors(refunded))[0].refunded_amount === 400)
  await until(async () => (await atVendors(closed))[0].refunded_amount === 1500)
  await until(
    async () => (await world.sql`select from method_releases where billing_customer_id = ${closed}`).length === 0,
  )
  for (const bc of [refunded, closed]) await checkCharge(world.dependencies, (await chargeOf(bc))!.id)
}

async function answerBank(page: SetupPage) {
  const { client_secret } = (await page.progress()).body.action
  world.secrets.add(client_secret)
  const payment_intent = client_secret.split('_secret_')[0]
  await world.simulate('authenticate', { payment_intent, outcome: 'succeed' })
}

/** The account with which the organization begins payments. */
const accountFor = ({ ids }: Merchant, gateway: GatewayName, choice: AccountChoice, isActive: boolean) =>
  choice === 'own' || (choice === 'own_or_shared' && isActive)
    ? ids[gateway]
    : installationAccount('sandbox', gateway).accountId

/**
 * How the two merchants' accounts at Stripe are reached. `connect`: it is connected to the installation's, which is the
 * shared one, as a platform. The short version has every kind of account and of change, two organizations with the same
 * kind only in ISOLATION=whole.
 */
const auths = [
  ['connect', 'keys'],
  ...(process.env.ISOLATION === 'whole'
    ? [
        ['keys', 'keys'],
        ['connect', 'connect'],
      ]
    : []),
]
describe.each(auths)('with accounts of auth %s and %s:', (...auth) => {
  beforeAll(async () => {
    world = await createWorld({ longestRetryPause: 300, paypal: true })
    const { seeds } = world
    merchants = [
      await connectMerchant(world, seeds, 'northwind', undefined, auth[0] === 'connect'),
      await connectMerchant(world, seeds.other_org, 'fabrikam', undefined, auth[1] === 'connect'),
    ]
    await world.asNative('PATCH', '/v1/settings', { paypal_order_flow: 'single_step' })
  })
  afterAll(() => world.close())

  test.each(Object.entries(changes))('%s', async (_name, change) => {
    for (const merchant of merchants) await merchant.use(change.from)
    const cells = merchants.flatMap((merchant) => gatewayNames.map((gateway) => ({ merchant, gateway })))
    const begun = await Promise.all(cells.map(({ merchant, gateway }) => begin(merchant, gateway, change.from)))
    for (const { merchant, gateway } of cells) if (change.command) await merchant.command(gateway, change.command)
    for (const merchant of merchants) await merchant.use(change.to)

    await Promise.all(begun.map((customers) => finish(customers, change)))
    for (const { accountId } of await world.activities.listAccountsToReconcile('', 100))
      await world.activities.reconcileAccount(accountId, 'lists')
    for (const { merchant, gateway, refunded, closed } of begun)
      for (const bc of [refunded, closed]) {
        expect((await chargeOf(bc))!.accountId).toBe(accountFor(merchant, gateway, change.from, true))
        expect(await atVendors(bc)).toHaveLength(1)
      }
    // What begins now.
    const choice = change.command ? 'shared' : change.to
    for (const { merchant, gateway } of cells) {
      const { accountId } = (await chargeOf(await pay(merchant, gateway, choice)))!
      expect(accountId).toBe(accountFor(merchant, gateway, change.to, !change.command))
    }
    await refuseCrossAccount(world)
    for (const { merchant, gateway } of cells) if (change.command) await merchant.command(gateway, 'activate')
  })
})
