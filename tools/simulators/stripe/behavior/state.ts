import { randomBytes } from 'node:crypto'
import type Stripe from 'stripe'
import { Account } from '../../account.ts'
import { cardOfToken, type TestCard } from './cards.ts'
import { chargeView } from './charge-view.ts'
import type { FailedCharge, LedgerCharge } from './charges.ts'
import { missing } from '../errors.ts'
import type { MethodType, WalletType } from './method-details.ts'
import { newPaymentMethod } from './objects.ts'

export type { FailedCharge, LedgerCharge }

/** A confirmation token with the name of its test card. The card number is not stored. */
export interface StoredToken {
  token: Stripe.ConfirmationToken
  card: string
  type: MethodType
  wallet?: WalletType | undefined
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** What all accounts of the simulator share. */
export interface Shared {
  /** The simulator's base URL, used in links. */
  url: string
  account(id: string, livemode: boolean): StripeState
}

/** The data of an account, in test or in live mode. */
export class StripeState extends Account {
  /** The id of the account. */
  readonly id: string
  readonly livemode: boolean
  readonly shared: Shared
  constructor(
    file: string,
    { id, livemode, clock, shared }: { id: string; livemode: boolean; clock?: Account | undefined; shared: Shared },
  ) {
    super(file, clock)
    this.id = id
    this.livemode = livemode
    this.shared = shared
  }

  /** Returns another account in the same mode. */
  other = (id: string): StripeState => this.shared.account(id, this.livemode)

  /** Returns an id like the vendor's. Of hexadecimal ids, one in 10,000 contains the digits of a valid card number. */
  newId = (prefix: string) =>
    `${prefix}_1${Array.from(randomBytes(23), (byte) => alphabet[byte % alphabet.length]).join('')}`

  find<T>(collection: string, what: string, id: string, param = 'id'): T {
    const found = this.journal.get<T>(collection, id)
    if (found === undefined) throw missing(what, id, param)
    return found
  }

  private pending: { type: string; object: object }[] = []

  /** Records an event that is sent with the current call's response. */
  happened(type: string, object: object): void {
    this.pending.push({ type, object })
  }

  /** Returns and clears the recorded events, in order. */
  takeHappened = () => this.pending.splice(0)

  /** Returns a charge, paid or failed, in the vendor's format. */
  charge(id: string): Stripe.Charge {
    const failed = this.journal.get<FailedCharge>('failed_charges', id)
    return chargeView(failed ?? this.find<LedgerCharge>('charges', 'charge', id))
  }

  customer = (id: string, param = 'customer') => {
    const found = this.find<Stripe.Customer | Stripe.DeletedCustomer>('customers', 'customer', id, param)
    if (found.deleted) throw missing('customer', id, param)
    return found
  }
  paymentIntent = (id: string, param = 'intent') =>
    this.find<Stripe.PaymentIntent>('payment_intents', 'payment_intent', id, param)
  setupIntent = (id: string) => this.find<Stripe.SetupIntent>('setup_intents', 'setup_intent', id, 'intent')
  confirmationToken = (id: string) =>
    this.find<StoredToken>('confirmation_tokens', 'confirmation_token', id, 'confirmation_token')

  /** Returns the types of payment methods that are enabled in the dashboard. */
  enabledTypes = (): MethodType[] => this.journal.get<MethodType[]>('settings', 'enabled_types') ?? ['card']

  /** Returns a payment method by id. A documented test name creates a new one each time. */
  paymentMethod(id: string): Stripe.PaymentMethod {
    return cardOfToken(id)
      ? this.newPaymentMethod(id)
      : this.find<Stripe.PaymentMethod>('payment_methods', 'PaymentMethod', id, 'payment_method')
  }

  newPaymentMethod(testName: string, kind: Pick<Partial<StoredToken>, 'type' | 'wallet'> = {}): Stripe.PaymentMethod {
    const method = newPaymentMethod(this.newId('pm'), this.now(), cardOfToken(testName)!, kind)
    this.journal.put('payment_methods', method.id, method)
    this.journal.put('cards', method.id, testName)
    return method
  }

  /** Saves a method with a customer who consented. */
  setUp(method: Stripe.PaymentMethod, customer: string | null): void {
    const attached = { ...method, customer }
    this.journal.put('payment_methods', method.id, attached)
    if (customer && method.customer !== customer) this.happened('payment_method.attached', attached)
    this.journal.put('set_up', method.id, true)
  }

  /** Makes a method unusable after it was detached, or used by a PaymentIntent without being attached. */
  markUsed(methodId: string): void {
    this.journal.put('worn', methodId, true)
  }

  isUsed = (methodId: string) => this.journal.get<boolean>('worn', methodId) === true

  isSetUp = (methodId: string) => this.journal.get<boolean>('set_up', methodId) === true

  cardOf(method: Stripe.PaymentMethod): TestCard {
    return cardOfToken(this.journal.get<string>('cards', method.id)!)!
  }
}
