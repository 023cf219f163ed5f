import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { policyOf } from '../domain/tenant/settings.ts'
import type { PaymentDetails, PaymentGateway } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import type { PaymentAttempt } from '../store/payments/attempts.ts'
import { readPaymentDetails } from '../store/payments/payment-details.ts'
import { readSettings } from '../store/tenants/settings.ts'
import { chargedCustomer } from './customers/charged-customer.ts'
import type { ActivityDependencies } from './dependencies.ts'

/** An attempt with everything that is needed to pay it, read once. */
export interface PaymentSetup {
  database: Database
  facts: OnboardingFacts
  attempt: PaymentAttempt
  gateway: PaymentGateway
  /** Returns the gateway of an older object, which may have another account. */
  gatewayOf(object: { accountId: string }): Promise<PaymentGateway>
  /** The gateway customer that is charged. */
  customerId: string
  /** Whether the saved method belongs to that customer already, who is then not asked to be present. */
  attached: boolean
  /** Whether the next object is to be created and paid in one call. */
  inOneStep: boolean
  /** What the payment states besides its amount. */
  details: PaymentDetails
}

/**
 * Reads what is needed to pay an attempt. Throws as `Gateways.of` and `chargedCustomer`: `method_unusable` if this
 * customer cannot use the method.
 */
export async function setUpPayment(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentSetup> {
  const { database, settingDefaults } = d
  const gatewayOf = ({ accountId }: { accountId: string }) => d.gateways.of(accountId)
  const gateway = await gatewayOf(attempt)
  const { customerId, attached } = await chargedCustomer(database, gateway, facts, attempt, settingDefaults)
  const settings = await readSettings(database, settingDefaults, facts)
  const inOneStep = gateway.payInOneStep !== undefined && policyOf(gateway.name, settings).paysInOneStep
  const details = await readPaymentDetails(database, policyOf(gateway.name, settings), facts.billingCustomerId)
  return { database, facts, attempt, gateway, gatewayOf, customerId, attached, inOneStep, details }
}
