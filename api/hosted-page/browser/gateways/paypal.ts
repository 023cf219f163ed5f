import type { PayPalV6Namespace } from '@paypal/paypal-js/sdk-v6'
import { call } from '../calls.ts'
import { NotEligible, Refused, type GatewayForm } from './gateway-form.ts'
import { byId, gatewayOf, page, shownFor } from '../page-data.ts'
import { isConnected, leaveFor } from '../parent/parent.ts'
import { forgetScript, loadScript } from './vendor-scripts.ts'

// The parts of PayPal's JavaScript SDK v6 that save a wallet: developer.paypal.com/sdk/js/reference.

type SaveSdk = Awaited<ReturnType<typeof createSdk>>
declare global {
  interface Window {
    paypal?: PayPalV6Namespace
  }
}

const createSdk = (paypal: PayPalV6Namespace, clientId: string) =>
  paypal.createInstance({ clientId, components: ['paypal-payments'], pageType: 'checkout', locale: page.locale })

async function openPayPal(): Promise<SaveSdk> {
  const { scriptUrl, publishableKey } = gatewayOf('paypal')
  if (!window.paypal) await loadScript(scriptUrl)
  return createSdk(window.paypal!, publishableKey)
}

/** SDK v6 does not check this itself: developer.paypal.com/v5-v6, "Call findEligibleMethods explicitly". */
async function requireEligible(sdk: SaveSdk): Promise<void> {
  const methods = await sdk.findEligibleMethods({ currencyCode: page.currency, paymentFlow: 'VAULT_WITHOUT_PAYMENT' })
  if (!methods.isEligible('paypal')) throw new NotEligible()
}

/** What the customer approved, or null if they did not. */
type Approval = Record<string, string> | null

function approve(sdk: SaveSdk): Promise<Approval> {
  let end = () => {}
  const giveUp = byId('give-up')!
  const answer = new Promise<Approval>((resolve, reject) => {
    const session = sdk.createPayPalSavePaymentSession({
      onApprove: async ({ vaultSetupToken }) => resolve({ setup_token: vaultSetupToken }),
      onCancel: () => resolve(null),
      onError: reject,
    })
    end = () => session.destroy()
    // The window may be behind this one, or on another screen.
    giveUp.hidden = false
    giveUp.onclick = () => {
      session.cancel()
      resolve(null)
    }
    const begun = beginSession()
    // The page's own error first, because the SDK may wrap it.
    begun.catch(reject)
    // Where windows are blocked, the application around a frame goes to PayPal, which refuses to be framed.
    const presentationMode = isConnected() ? 'popup' : 'auto'
    session.start({ presentationMode }, begun).catch(async (error: { isRecoverable?: boolean }) => {
      if (presentationMode === 'auto' || !error.isRecoverable) return reject(error)
      leaveFor((await begun).approveUrl)
    })
  })
  // Deferred, so that the SDK's callback returns before its session ends.
  return answer.finally(() => {
    giveUp.hidden = true
    setTimeout(end)
  })
}

async function beginSession(): Promise<{ vaultSetupToken: string; approveUrl: string }> {
  const response = await call('payment-session', shownFor('paypal'))
  const { status, answer } = response
  const made = answer as unknown as { setup_token?: string; approve_url: string } | null
  if (status === 400 || answer?.refusal) throw new Refused(response)
  if (status === 409 && !(await isStillOffered())) throw new NotEligible()
  if (status !== 200 || !made?.setup_token) throw new Error()
  return { vaultSetupToken: made.setup_token, approveUrl: made.approve_url }
}

const isStillOffered = async () => (await call('progress')).answer?.gateways.includes('paypal') ?? true

export const payPalForm: GatewayForm = {
  // Beforehand, so that PayPal's window opens during the click: browsers block a later one.
  prepare: async () => {
    const sdk = await openPayPal()
    await requireEligible(sdk)
    return () => approve(sdk)
  },
  forget: () => forgetScript(gatewayOf('paypal').scriptUrl),
  isPreparedEarly: true,
}
