import type { GatewayName, SubmissionRefusal } from '../../domain/lifecycle.ts'
import type { AddressHashes } from '../../domain/payment/address-hashes.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { amountDue } from '../../domain/onboarding/onboarding.ts'
import { invalid } from '../../domain/failure/failures.ts'
import { accountForNew } from '../../domain/tenant/gateway-accounts.ts'
import { gatewaysFor } from '../../domain/tenant/settings.ts'
import { findAccountOfSession } from '../../store/payments/sessions.ts'
import { storeConsent } from '../../store/onboardings/consents.ts'
import { submitPayment, type SubmissionResult } from '../../store/payments/submissions.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { openApproval, type Approval } from '../setup/approval.ts'
import { isAccountRefused } from '../setup/gateway-refusal.ts'
import { runOf } from '../setup/open-onboarding.ts'
import { consentFor } from './agreement.ts'
import type { SessionRequest, Submission } from './calls.ts'
import type { OpenedLink } from '../setup/opened-link.ts'

/** The status of the response to a submission, and why it was not accepted. `retryAfter` is in seconds. */
export type SubmissionAnswer =
  | { status: 202 }
  | { status: 409 | 410; refusal: SubmissionRefusal }
  | { status: 429; retryAfter: number; refusal: SubmissionRefusal }

/** The organization began to use another account while the page was open, which must be loaded again. */
const accountChanged = { status: 409, refusal: 'account_changed' } as const

/** The publishable key with which a page of this link would be loaded now; undefined if its account cannot be used. */
const currentKey = async (d: ApiDependencies, { billingCustomer, settings }: OpenedLink, gateway: GatewayName) => {
  const side = await d.gateways.browserSide({ ...billingCustomer, settings }, gateway).catch((error: unknown) => {
    if (isAccountRefused(error)) return undefined
    throw error
  })
  return side?.publishableKey
}

/** Stores the customer's submission, signals the run, and returns the response. */
export async function acceptSubmission(
  d: ApiDependencies,
  link: OpenedLink,
  submission: Submission,
  address: AddressHashes | undefined,
): Promise<SubmissionAnswer> {
  const offered = gatewaysFor(link.settings, link.onboarding.currency)
  if (!offered.includes(submission.gateway)) throw invalid('gateway', `must be ${offered.join(' or ')}`)
  const { submission: form, isApprovedThere } = gatewayFacts[submission.gateway]
  const reference = String(submission[form.field])
  const accountId = isApprovedThere
    ? await findAccountOfSession(d.database, link.onboarding.onboardingId, reference)
    : accountForNew({ ...link.billingCustomer, settings: link.settings }, submission.gateway)
  if (!accountId && isApprovedThere) throw invalid(form.field, 'does not belong to a session of this setup')
  if (!accountId) throw invalid('gateway', `${submission.gateway} is not available for this organization`)
  // A token exists at its own account only. What was approved is finished there.
  const { publishable_key: key } = submission
  if (!isApprovedThere && key !== undefined && key !== (await currentKey(d, link, submission.gateway)))
    return accountChanged
  const shown = { amount: submission.amount, currency: submission.currency }
  const result = await submitPayment(
    d.database,
    link.onboarding,
    {
      source: 'page',
      gateway: submission.gateway,
      accountId,
      reference,
      singleUse: true,
      shown,
      linkReplaced: !link.current,
      address,
      consent: await consentFor(d, link, submission.consent, shown, address),
    },
    link.settings,
  )
  if (result.accepted && result.signal) d.runs.signal(runOf(link), 'setupCompleted')
  return answerTo(result)
}

/**
 * Starts an approval at the price that the page showed, or returns that it has changed. The consent is stored before
 * the customer can approve, for a submission without the page.
 */
export async function openPageApproval(
  d: ApiDependencies,
  link: OpenedLink,
  { gateway, publishable_key: key, consent, ...price }: SessionRequest,
  address: AddressHashes | undefined,
): Promise<Approval | { status: 409; refusal: 'price_changed' | 'account_changed' }> {
  if (key !== undefined && key !== (await currentKey(d, link, gateway))) return accountChanged
  const due = { amount: amountDue(link.onboarding), currency: link.onboarding.currency }
  // Without a price from pages of older releases.
  const shown = { amount: price.amount ?? due.amount, currency: price.currency ?? due.currency }
  const given = await consentFor(d, link, consent, shown, address)
  const { amount, currency, ...approval } = await openApproval(d, link, gateway)
  if (shown.amount !== amount || shown.currency !== currency) return { status: 409, refusal: 'price_changed' }
  const { onboardingId } = link.onboarding
  if (given) await storeConsent(d.database, { onboardingId, gateway, reference: approval.setup_token }, given)
  return approval
}

/**
 * Returns the response to a submission. Its status is 202, 409 if it conflicts with the current state, 410 if the link
 * is no longer valid, or 429 with the seconds to wait after too many declines.
 */
export function answerTo(result: SubmissionResult): SubmissionAnswer {
  if (result.accepted) return { status: 202 }
  const { refusal, retryAfter } = result
  if (retryAfter !== undefined) return { status: 429, retryAfter, refusal }
  return { status: refusal === 'expired' ? 410 : 409, refusal }
}
