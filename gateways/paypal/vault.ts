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
import { shortened } from '../../domain/text/free-text.ts'
import type { ApprovalSession, Reading, SavedMethod } from '../gateway.ts'
import type { PayPalClient } from './client.ts'
import { toGatewayError, whereMissing } from './errors.ts'
import { requireId } from './orders.ts'
import { describeWallet } from './readings.ts'

/** Characters, as in PayPal's document. */
const longestBrandName = 300

/** Creates a setup token, which the customer approves at PayPal. It expires after three hours. */
export async function createSetupToken({ call }: PayPalClient, session: ApprovalSession, key: string) {
  const { customerId: merchantCustomerId, brandName, returnUrl, cancelUrl } = session
  const experienceContext = {
    ...(brandName === '' ? {} : { brandName: shortened(brandName, longestBrandName) }),
    returnUrl,
    cancelUrl,
    // Nothing is shipped, so no address is requested.
    shippingPreference: ExperienceContextShippingPreference.NoShipping,
  }
  const paypal = {
    usageType: PaypalPaymentTokenUsageType.Merchant,
    usagePattern: UsagePattern.UnscheduledPostpaid,
    // Without it a payer has one token per PayPal account: deleting one customer's token deletes the others' (decision
    // 12).
    permitMultiplePaymentTokens: true,
    experienceContext,
  }
  const body = { customer: { merchantCustomerId }, paymentSource: { paypal } }
  const { result } = await call(({ vault }) => vault.createSetupToken({ paypalRequestId: key, body }))
  const approveUrl = result.links?.find(({ rel }) => rel === 'approve')?.href
  // A repeated request id returns the current state: the token may have been approved since.
  if (!approveUrl) throw new GatewayError('unexpected_state', 'nothing_to_approve')
  return { token: requireId(result.id), approveUrl }
}

/** Returns a setup token, or undefined. PayPal documents 404 for a missing one; some accounts get 422. */
async function findSetupToken({ call }: PayPalClient, id: string): Promise<SetupTokenResponse | undefined> {
  try {
    return (await call(({ vault }) => vault.getSetupToken(id))).result
  } catch (error) {
    if (isGatewayError(error, 'not_found', 'method_unusable')) return undefined
    throw error
  }
}

/** Returns the state of a setup token. */
export async function readSession(client: PayPalClient, id: string): Promise<'waiting' | 'approved' | 'used' | 'gone'> {
  const token = await findSetupToken(client, id)
  if (!token) return 'gone'
  if (token.status === PaymentTokenStatus.Vaulted || token.status === PaymentTokenStatus.Tokenized) return 'used'
  return token.status === PaymentTokenStatus.Approved ? 'approved' : 'waiting'
}

/** Exchanges an approved setup token for a payment token. */
export async function createPaymentToken({ raw }: PayPalClient, setupToken: string, key: string) {
  const body = { paymentSource: { token: { id: setupToken, type: VaultTokenRequestType.SetupToken } } }
  const { result } = await raw(({ vault }) => vault.createPaymentToken({ paypalRequestId: key, body })).catch(notMade)
  return describeWallet(requireId(result.id), result.paymentSource?.paypal)
}

/** The vault's reference lists no issues. Any other 422 is about the submitted setup token. */
function notMade(error: unknown): never {
  const found = toGatewayError(error)
  const isAboutToken =
    isGatewayError(found, 'not_found') ||
    (isGatewayError(found, 'refused') && error instanceof ApiError && error.statusCode === 422)
  throw isAboutToken ? new GatewayError('method_unusable', found.vendorCode) : found
}

/** Reads a setup token as a setup object. */
export async function readSetup(client: PayPalClient, id: string): Promise<Reading> {
  const token = await findSetupToken(client, id)
  if (!token) return { state: 'dead', trace: '' }
  if (token.status !== PaymentTokenStatus.Vaulted && token.status !== PaymentTokenStatus.Tokenized)
    return { state: 'untouched', trace: '' }
  const method = await findMade(client, token)
  // The payment token was deleted.
  if (!method) return { state: 'dead', trace: '' }
  return saved(method)
}

/** Returns the reading of a setup that saved this method. */
export const saved = (method: DescribedMethod): Reading => ({
  state: 'paid',
  trace: method.id,
  amount: 0,
  currency: '',
  method,
})

const mostPages = 20

/** Returns the payment token of a setup token. PayPal lists tokens by customer only; the last one is the newest. */
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
  return newest ? describeWallet(requireId(newest.id), newest.paymentSource?.paypal) : undefined
}

/** Reads a payment token. PayPal stores our customer id with it, but not the organization. */
export async function readMethod({ call }: PayPalClient, vaultId: string): Promise<SavedMethod> {
  // Caller input: anything but an id could change the path, or cause an error that looks like our own fault.
  if (!/^[\w-]{1,255}$/.test(vaultId)) throw new GatewayError('method_unusable', 'no_id')
  const found = call(({ vault }) => vault.getPaymentToken(vaultId))
  const { result } = await whereMissing('method_unusable', found)
  // A payment token always has an owner: without a customer id of ours it belongs to someone else.
  const id = result.customer?.merchantCustomerId ?? `stranger/${result.customer?.id ?? ''}`
  const described = describeWallet(requireId(result.id), result.paymentSource?.paypal)
  // A token that can be read is attached: a deleted one is not found.
  return { ...described, attached: true, customer: { id, organizationId: null, environment: null } }
}
