import { conflict, Failure, invalid } from '../../domain/failure/failures.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { isGatewayError, isOtherSetup } from '../../domain/payment/gateway-errors.ts'
import { metadataOf } from '../../domain/payment/payment-object.ts'
import { mappedCustomer } from '../../payments/customers/mapped-customer.ts'
import { ownCustomer } from '../../payments/customers/own-customer.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import { dropSession, ensureSession, storeSession, type StoredSession } from '../../store/payments/sessions.ts'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'
import { abandonGatewayCustomerById } from '../../store/customers/gateway-customers.ts'
import { recordAccountAccepted } from '../../store/gateway-accounts/refused-accounts.ts'
import { returnTurn } from '../../store/payments/admission-queue.ts'
import { admitForm } from '../../store/payments/decline-limits.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import type { ApiDependencies } from '../dependencies.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { countFormTries, refusedByLimit } from '../../payments/forms/form-guard.ts'
import { isAccountRefused, reportingRefusal, reportRefusal } from './gateway-refusal.ts'
import type { OpenedSetup } from './open-replacement.ts'

export interface CardForm {
  /** The gateway account that it saves a card at. */
  accountId: string
  setupId: string
  clientSecret: string
  gatewayCustomerId: string
}

type FormGateway = PaymentGateway & Required<Pick<PaymentGateway, 'formSecret'>>

/**
 * Returns what a caller's own card form needs: an object at the gateway that saves a card and charges nothing, and its
 * client secret, which is read each time and never stored. The row is written first, so that a lost response leads to
 * the same object. Throws a Failure if no submission is allowed now, or if the gateway does not respond.
 */
export async function openCardForm(d: ApiDependencies, opened: OpenedSetup, name: GatewayName): Promise<CardForm> {
  const settings = await readSettings(d.database, d.settingDefaults, opened.billingCustomer)
  const payer = { ...opened.billingCustomer, settings }
  const gateway = (await reportingRefusal(d, opened.onboarding, payer, name, () => d.gateways.current(payer, name))) as
    FormGateway | undefined
  // The settings are newer than those that the call was checked with.
  if (!gateway) throw invalid('gateway', `${name} is not available for this organization`)
  for (let tries = 0; ; tries++) {
    try {
      const form = await tryForm(d, gateway, opened, settings)
      if (form) return form
    } catch (error) {
      if (isAccountRefused(error)) {
        const { name, accountId } = gateway
        throw await reportRefusal(d, opened.onboarding, { gateway: name, accountId }, error)
      }
      if (!isGatewayError(error)) throw error
      // Another call may be creating the same object.
      if (tries >= 4 || !isGatewayError(error, 'unknown', 'not_now', 'stored_failure', 'key_reused', 'not_found'))
        throw new Failure('unavailable', 'the gateway is not responding; try again', {
          retryAfter: 5,
          cause: error,
        })
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Undefined if the existing form can no longer be used. The next attempt creates another. */
async function tryForm(
  d: ApiDependencies,
  gateway: FormGateway,
  opened: OpenedSetup,
  settings: Settings,
): Promise<CardForm | undefined> {
  const session = await ensureSession(d.database, opened.onboarding, settings, {
    gateway: gateway.name,
    accountId: gateway.accountId,
  })
  await countFormTries(d, gateway, opened.onboarding, session)
  const { token, gatewayCustomerId } = session.token ? session : await makeObject(d, gateway, opened, session, settings)
  const setup = { kind: 'setup' as const, id: token!, metadata: metadataOf(opened.onboarding) }
  const clientSecret = await gateway.formSecret(setup).catch((error: unknown) => {
    if (isOtherSetup(error)) return null
    throw error
  })
  const { accountId } = gateway
  if (clientSecret) return { accountId, setupId: token!, clientSecret, gatewayCustomerId: gatewayCustomerId! }
  await dropSession(d.database, session)
  return undefined
}

async function makeObject(
  d: ApiDependencies,
  gateway: PaymentGateway,
  { billingCustomer, onboarding }: OpenedSetup,
  session: StoredSession,
  settings: Settings,
): Promise<StoredSession> {
  const { currency } = billingCustomer
  const gatewayCustomerId = await customerAt(d, gateway, billingCustomer)
  const metadata = metadataOf(onboarding)
  const admission = await admitForm(d.database, onboarding, session.sessionNumber, settings)
  if (!admission.admitted) throw refusedByLimit(admission)
  const { challenge } = admission
  const input = { kind: 'setup' as const, customerId: gatewayCustomerId, amount: 0, currency, metadata, reference: '' }
  try {
    const token = await gateway.createObject(
      { ...input, challenge },
      `${onboarding.onboardingId}/form/${session.sessionNumber}`,
    )
    await recordAccountAccepted(d.database, billingCustomer, session)
    return await storeSession(d.database, session, { token, approveUrl: null, gatewayCustomerId })
  } catch (error) {
    if (isGatewayError(error, 'not_found'))
      await abandonGatewayCustomerById(d.database, billingCustomer, gateway.accountId, gatewayCustomerId)
    if (isGatewayError(error, 'not_found', 'stored_failure', 'key_reused')) {
      await dropSession(d.database, session)
      await returnTurn(d.database, onboarding)
    }
    throw error
  }
}

/** Returns the customer to save the card with: the caller's mapped one, if it is this organization's, or ours. */
async function customerAt(
  { database, settingDefaults }: ApiDependencies,
  gateway: PaymentGateway,
  billingCustomer: BillingCustomer,
) {
  const mapped = await mappedCustomer(database, gateway, billingCustomer).catch((error: unknown) => {
    if (isGatewayError(error, 'not_found', 'method_unusable'))
      throw conflict(
        'mapped_customer_not_ours',
        'contact_id',
        'is mapped to a gateway customer that does not belong to this organization',
      )
    throw error
  })
  return mapped ?? ownCustomer(database, gateway, billingCustomer, settingDefaults)
}
