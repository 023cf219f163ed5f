import type { ObjectHandle, OurMetadata, PaymentGateway } from '../../../gateways/gateway.ts'
import { controlsOf } from '../../support/world/simulator.ts'

type Payment = Extract<ObjectHandle, { kind: 'payment' }>
type Setup = Extract<ObjectHandle, { kind: 'setup' }>

/** Objects of one account, for one call each that ends or changes them. */
export interface Things {
  metadata: OurMetadata
  session: { customerId: string; brandName: string; returnUrl: string; cancelUrl: string }
  customerId: string
  methodId: string
  toDetach: string
  /** A single-use token that was not used. */
  token: string
  /** An approval that was not exchanged. Only at gateways with approvals. */
  approved: string
  setup: Setup
  toConfirm: Payment
  toClose: Payment
  paid: Payment
  disputed: Payment
  /** Undefined at a gateway without test helpers. */
  processing: Payment | undefined
}

const price = { amount: 1500, currency: 'USD' }
const pages = { brandName: 'Shop', returnUrl: 'https://shop.example/back', cancelUrl: 'https://shop.example/cancel' }
const metadataOf = (name: string): OurMetadata => ({
  organization_id: `org_${name}`,
  environment: 'sandbox',
  customer_id: `cus_${name}`,
  billing_customer_id: `bc_${name}`,
  onboarding_id: `onb_${name}`,
})

interface Maker {
  gateway: PaymentGateway
  metadata: OurMetadata
  customerId: string
  newKey(): string
}

function makerFor(gateway: PaymentGateway, name: string, customerId: string): Maker {
  let made = 0
  return { gateway, metadata: metadataOf(name), customerId, newKey: () => `${name}/${++made}` }
}

async function newPayment({ gateway, metadata, customerId, newKey }: Maker): Promise<Payment> {
  const key = newKey()
  // PayPal accepts one paid order for each onboarding.
  const own = { ...metadata, onboarding_id: `onb_${key.replace('/', '_')}` }
  const input = { kind: 'payment', customerId, ...price, metadata: own, reference: '' } as const
  return { kind: 'payment', id: await gateway.createObject(input, key) }
}

async function newPaid(maker: Maker, id: string): Promise<Payment> {
  const payment = await newPayment(maker)
  const reference = { id, singleUse: false }
  await maker.gateway.confirm(payment, { reference, offSession: false, ...price }, maker.newKey())
  return payment
}

/** Returns the id of a method that was saved by paying with it. */
async function newCard(maker: Maker): Promise<string> {
  const reading = await maker.gateway.read(await newPaid(maker, 'pm_card_visa'))
  if (reading.state !== 'paid') throw new Error(`is ${reading.state}`)
  return reading.method.id
}

async function thingsAtStripe(gateway: PaymentGateway, name: string): Promise<Things> {
  const customerId = await gateway.createCustomer(metadataOf(name), `${name}/customer`)
  const maker = makerFor(gateway, name, customerId)
  const { metadata, newKey } = maker
  const setup = { kind: 'setup', customerId, amount: 0, currency: 'USD', metadata, reference: '' } as const
  const methodId = await newCard(maker)
  const processing = await newPaid(maker, 'pm_card_simulator_processing')
  return {
    metadata,
    session: { customerId, ...pages },
    customerId,
    methodId,
    toDetach: await newCard(maker),
    token: await gateway.testHelpers!.newToken('pays', newKey()),
    approved: '',
    setup: { kind: 'setup', id: await gateway.createObject(setup, newKey()), metadata },
    toConfirm: await newPayment(maker),
    toClose: await newPayment(maker),
    paid: await newPaid(maker, methodId),
    disputed: await newPaid(maker, methodId),
    processing,
  }
}

async function thingsAtPayPal(gateway: PaymentGateway, name: string, url: string): Promise<Things> {
  const customerId = metadataOf(name).customer_id!
  const maker = makerFor(gateway, name, customerId)
  const { metadata, newKey } = maker
  const session = { customerId, ...pages }
  const newApproval = async (email: string) => {
    const { token } = await gateway.openSession!(session, newKey())
    await controlsOf(url).simulate('approve', { setup_token: token, outcome: 'approve', email })
    return token
  }
  const newWallet = async (payer: string) =>
    (await gateway.exchange!(await newApproval(`${payer}-of-${name}@personal.example.com`), newKey())).id
  const methodId = await newWallet('first')
  const token = await newApproval(`second-of-${name}@personal.example.com`)
  return {
    metadata,
    session,
    customerId,
    methodId,
    toDetach: await newWallet('third'),
    token,
    approved: await newApproval(`fourth-of-${name}@personal.example.com`),
    setup: { kind: 'setup', id: token, metadata },
    toConfirm: await newPayment(maker),
    toClose: await newPayment(maker),
    paid: await newPaid(maker, methodId),
    disputed: await newPaid(maker, methodId),
    processing: undefined,
  }
}

/** Creates the objects of an account. `name` is part of their keys and ids. `url`: of the gateway's simulator. */
export const thingsAt = (gateway: PaymentGateway, name: string, url: string): Promise<Things> =>
  gateway.name === 'stripe' ? thingsAtStripe(gateway, name) : thingsAtPayPal(gateway, name, url)
