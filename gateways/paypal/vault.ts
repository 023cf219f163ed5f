import {
  ApiError,
  ExperienceContextShippingPreference,
  PaymentTokenStatus,
  PaypalPaymentTokenUsageType,
  UsagePattern,
  VaultTokenRequestType,
  type SetupTokenResponse,
} from '@paypal/paypal-server-sdk'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { DescribedMethod } from '../../domain/payment/payment-method.ts'
import type { ApprovalSession, Reading, SavedMethod } from '../gateway.ts'
import type { PayPalClient } from './client.ts'
import { toGatewayError, whereMissing } from './errors.ts'
import { known } from './orders.ts'
import { describeWallet } from './readings.ts'

/** A setup token: what the customer approves at PayPal. It lives for three hours. */
export async function createSetupToken({ call }: PayPalClient, session: ApprovalSession, key: string) {
  const { customerId: merchantCustomerId, brandName, returnUrl, cancelUrl } = session
  const experienceContext = {
    brandName,
    returnUrl,
    cancelUrl,
    // Nothing is shipped, and what is not asked for need not be kept safe.
    shippingPreference: ExperienceContextShippingPreference.NoShipping,
  }
  const paypal = {
    usageType: PaypalPaymentTokenUsageType.Merchant,
    usagePattern: UsagePattern.UnscheduledPostpaid,
    // Without it one payer has one token at the whole account: deleting one customer's would delete the others'
    // (decision 12).
    permitMultiplePaymentTokens: true,
    experienceContext,
  }
  const body = { customer: { merchantCustomerId }, paymentSource: { paypal } }
  const { result } = await call(({ vault }) => vault.createSetupToken({ paypalRequestId: key, body }))
  const approveUrl = result.links?.find(({ rel }) => rel === 'approve')?.href
  // A repeated request id answers what is now: it may have been approved meanwhile.
  if (!approveUrl) throw new GatewayError('unexpected_state', 'nothing_to_approve')
  return { token: known(result.id), approveUrl }
}

/** PayPal's documents have 404 for what is gone, and by some accounts 422. */
async function findSetupToken({ call }: PayPalClient, id: string): Promise<SetupTokenResponse | undefined> {
  try {
    return (await call(({ vault }) => vault.getSetupToken(id))).result
  } catch (error) {
    if (isGatewayError(error, 'not_found', 'method_unusable')) return undefined
    throw error
  }
}

export async function readSession(client: PayPalClient, id: string): Promise<'waiting' | 'approved' | 'used' | 'gone'> {
  const token = await findSetupToken(client, id)
  if (!token) return 'gone'
  if (token.status === PaymentTokenStatus.Vaulted || token.status === PaymentTokenStatus.Tokenized) return 'used'
  return token.status === PaymentTokenStatus.Approved ? 'approved' : 'waiting'
}

/** Makes a payment token of an approved setup token. */
export async function createPaymentToken({ raw }: PayPalClient, setupToken: string, key: string) {
  const body = { paymentSource: { token: { id: setupToken, type: VaultTokenRequestType.SetupToken } } }
  const { result } = await raw(({ vault }) => vault.createPaymentToken({ paypalRequestId: key, body })).catch(notMade)
  return describeWallet(known(result.id), result.paymentSource?.paypal)
}

/** The documents of the vault name no issues: whatever else 422 says, it is about the one thing that was submitted. */
function notMade(error: unknown): never {
  const found = toGatewayError(error)
  const isAboutToken =
    isGatewayError(found, 'not_found') ||
    (isGatewayError(found, 'refused') && error instanceof ApiError && error.statusCode === 422)
  throw isAboutToken ? new GatewayError('method_unusable', found.vendorCode) : found
}

/** A setup token read as the object that saves a method. */
export async function readSetup(client: PayPalClient, id: string): Promise<Reading> {
  const token = await findSetupToken(client, id)
  if (!token) return { state: 'dead', trace: '' }
  if (token.status !== PaymentTokenStatus.Vaulted && token.status !== PaymentTokenStatus.Tokenized)
    return { state: 'untouched', trace: '' }
  const method = await findMade(client, token)
  // Made, and deleted since.
  if (!method) return { state: 'dead', trace: '' }
  return saved(method)
}

export const saved = (method: DescribedMethod): Reading => ({
  state: 'paid',
  trace: method.id,
  amount: 0,
  currency: '',
  method,
})

const mostPages = 20

/** The payment token that was made of a setup token: PayPal tells by their customer only. The last one is the newest. */
async function findMade({ call }: PayPalClient, { customer }: SetupTokenResponse) {
  const customerId = customer?.id
  if (!customerId) throw new GatewayError('unknown', 'setup_token_without_customer')
  const page = async (number: number) =>
    (await call(({ vault }) => vault.listCustomerPaymentTokens({ customerId, page: number, totalRequired: true })))
      .result
  const first = await page(1)
  const pages = Math.min(first.totalPages ?? 1, mostPages)
  const last = pages > 1 ? await page(pages) : first
  const newest = last.paymentTokens?.at(-1)
  return newest ? describeWallet(known(newest.id), newest.paymentSource?.paypal) : undefined
}

/** PayPal knows a payment token's customer by the name that we gave it, and nothing of whose it is. */
export async function readMethod({ call }: PayPalClient, vaultId: string): Promise<SavedMethod> {
  // A caller's text: what cannot be an id would be another path, or a refusal that looks like one of us.
  if (!/^[\w-]{1,255}$/.test(vaultId)) throw new GatewayError('method_unusable', 'no_id')
  const found = call(({ vault }) => vault.getPaymentToken(vaultId))
  const { result } = await whereMissing('method_unusable', found)
  // A payment token always belongs to somebody: one that names no customer of ours belongs to a stranger.
  const id = result.customer?.merchantCustomerId ?? `stranger/${result.customer?.id ?? ''}`
  const described = describeWallet(known(result.id), result.paymentSource?.paypal)
  // What can be read is there: one that is deleted is not found.
  return { ...described, attached: true, customer: { id, organizationId: null, environment: null } }
}
