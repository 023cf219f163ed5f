import { invalid, Failure } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { AddressHashes } from '../../domain/payment/address-hashes.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { shownName } from '../../domain/text/free-text.ts'
import { openAttempt } from '../../domain/onboarding/onboarding.ts'
import { gatewaysFor } from '../../domain/tenant/settings.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import {
  dropSession,
  ensureSession,
  findWaitingSession,
  storeSession,
  type StoredSession,
} from '../../store/payments/sessions.ts'
import { recordAccountAccepted } from '../../store/gateway-accounts/refused-accounts.ts'
import { submitPayment, type SubmissionResult } from '../../store/payments/submissions.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isAccountRefused, reportingRefusal, reportRefusal } from './gateway-refusal.ts'
import { runOf } from './open-onboarding.ts'
import { linkToken, pagePath } from '../setup-links.ts'
import type { OpenedLink } from './opened-link.ts'

type Approving = PaymentGateway & Required<Pick<PaymentGateway, 'openSession' | 'readSession'>>

/** The link or setup that an approval is for. */
export type ApprovalOf = Pick<OpenedLink, 'billingCustomer' | 'onboarding' | 'settings'> & {
  brand: Pick<OpenedLink['brand'], 'name'>
}

/** The gateway's token, and the page on which the customer approves it. */
export interface Approval {
  setup_token: string
  approve_url: string
}

async function approvingGateway(
  d: ApiDependencies,
  { billingCustomer, onboarding, settings }: ApprovalOf,
  name: GatewayName,
): Promise<Approving> {
  const payer = { ...billingCustomer, settings }
  const gateway = await reportingRefusal(d, onboarding, payer, name, () => d.gateways.current(payer, name))
  if (!gateway?.openSession || !gateway.readSession || !gatewaysFor(settings, onboarding.currency).includes(name))
    throw invalid('gateway', `${name} is not available for this organization`)
  return gateway as Approving
}

/**
 * Starts an approval of the customer at the gateway, or returns the one that can still be approved. The row is written
 * first, so that a lost response leads to the same session. Returns it with the price that will be charged, in minor
 * units. Throws a Failure if no submission is allowed.
 */
export async function openApproval(
  d: ApiDependencies,
  link: ApprovalOf,
  name: GatewayName,
): Promise<Approval & Pick<StoredSession, 'amount' | 'currency'>> {
  const gateway = await approvingGateway(d, link, name)
  const { onboarding, settings } = link
  const session = await ensureSession(d.database, onboarding, settings, {
    gateway: name,
    accountId: gateway.accountId,
  })
  const { token, approveUrl } = session.token ? session : await makeSession(d, gateway, link, session)
  return { setup_token: token!, approve_url: approveUrl!, amount: session.amount, currency: session.currency }
}

async function makeSession(
  d: ApiDependencies,
  gateway: Approving,
  link: ApprovalOf,
  session: StoredSession,
): Promise<StoredSession> {
  const { billingCustomer, brand } = link
  if (!d.state.mayOpenApproval(session.onboardingId)) throw notResponding(gateway)
  const url = returnUrl(d, link)
  try {
    const made = await gateway.openSession(
      {
        customerId: billingCustomer.customerId,
        brandName: shownName(brand.name),
        returnUrl: url,
        cancelUrl: `${url}&${canceledParameter}`,
      },
      `${session.onboardingId}/setup/${session.sessionNumber}`,
    )
    await recordAccountAccepted(d.database, billingCustomer, session)
    return await storeSession(d.database, session, made)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused', 'unexpected_state'))
      await dropSession(d.database, session)
    if (isAccountRefused(error)) throw await reportRefusal(d, link.onboarding, session, error)
    if (!isGatewayError(error)) throw error
    throw notResponding(gateway, error)
  }
}

const notResponding = ({ name }: Approving, cause?: unknown) =>
  new Failure('unavailable', `${gatewayFacts[name].title} is not responding; try again`, { retryAfter: 5, cause })

/** What the URL has in addition if the customer canceled at the gateway, so that the page can say so. */
const canceledParameter = 'canceled=true'

/** Returns the URL to which the gateway returns the customer. It opens the progress, and changes nothing. */
export function returnUrl(
  d: ApiDependencies,
  { billingCustomer, onboarding }: Pick<ApprovalOf, 'billingCustomer' | 'onboarding'>,
): string {
  const target = {
    brandId: billingCustomer.brandId,
    organizationId: billingCustomer.organizationId,
    billingCustomerId: billingCustomer.id,
  }
  const token = linkToken(d.setupLinkSecrets, 'progress', onboarding.onboardingId, onboarding.linkVersion)
  return `${d.publicUrl}${pagePath(target)}?token=${token}`
}

/**
 * Submits what a returning customer approved, because the page could not. It is read at the gateway and submitted at
 * the price that was shown when the session began. Does nothing and returns undefined while another method is being
 * tried, which the customer chose later, and if nothing is approved. Returns why an approval is not accepted.
 */
export async function submitApproved(
  d: ApiDependencies,
  link: OpenedLink,
  address: AddressHashes | undefined,
): Promise<SubmissionResult | undefined> {
  if (openAttempt(link.onboarding)) return undefined
  const session = await findWaitingSession(d.database, link.onboarding.onboardingId)
  if (!session?.token || !d.state.mayReadGateway(link.onboarding.onboardingId)) return undefined
  const state = await readApproval(d, session.accountId, session.token).catch(async (error: unknown) => {
    if (isAccountRefused(error)) await reportRefusal(d, link.onboarding, session, error)
    return 'waiting' as const
  })
  if (state !== 'approved') return undefined
  const { onboarding, settings } = link
  const result = await submitPayment(
    d.database,
    onboarding,
    {
      source: 'page',
      gateway: session.gateway,
      accountId: session.accountId,
      reference: session.token,
      singleUse: true,
      shown: { amount: session.amount, currency: session.currency },
      linkReplaced: !link.current,
      address,
    },
    settings,
  )
  if (result.accepted && result.signal) d.runs.signal(runOf(link), 'setupCompleted')
  return result
}

async function readApproval(d: ApiDependencies, accountId: string, token: string) {
  const gateway = await d.gateways.of(accountId)
  return (gateway as Approving).readSession(token)
}
