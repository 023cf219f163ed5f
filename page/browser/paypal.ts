import type { PageModel } from '../model.ts'
import { call, pause, root } from './calls.ts'

// PayPal's JavaScript SDK v6, as far as saving a wallet goes (developer.paypal.com/sdk/js/v6).

interface SaveSession {
  start(options: { presentationMode: 'auto' }, order: Promise<{ vaultSetupToken: string }>): Promise<void>
}
interface PayPalInstance {
  createPayPalSavePaymentSession(callbacks: {
    onApprove(data: { vaultSetupToken: string }): void
    onCancel(): void
    onError(error: unknown): void
  }): SaveSession
}
declare global {
  interface Window {
    paypal?: { createInstance(options: { clientId: string; components: string[] }): Promise<PayPalInstance> }
  }
}

const patience = 15_000

async function openPayPal(clientId: string): Promise<PayPalInstance> {
  const until = Date.now() + patience
  while (!window.paypal) {
    if (Date.now() > until) throw new Error('the script of PayPal did not load')
    await pause(50)
  }
  return window.paypal.createInstance({ clientId, components: ['paypal-payments'] })
}

/** What the customer approved, or null where they did not. */
export type Approval = { setupToken: string } | null

/**
 * Makes PayPal ready, so that its window can be opened in the very moment of a click: later it would be blocked. Throws where
 * PayPal cannot be loaded.
 */
export async function preparePayPal(): Promise<{ approve(): Promise<Approval> }> {
  const gateways = JSON.parse(root().dataset.gateways!) as PageModel['gateways']
  const paypal = await openPayPal(gateways.find(({ name }) => name === 'paypal')!.publishableKey)
  return {
    approve: () =>
      new Promise((resolve, reject) => {
        const session = paypal.createPayPalSavePaymentSession({
          onApprove: ({ vaultSetupToken }) => resolve({ setupToken: vaultSetupToken }),
          onCancel: () => resolve(null),
          onError: reject,
        })
        session.start({ presentationMode: 'auto' }, beginSession()).catch(reject)
      }),
  }
}

async function beginSession(): Promise<{ vaultSetupToken: string }> {
  const { status, answer } = await call(root().dataset.path!, 'payment-session', { gateway: 'paypal' })
  const token = (answer as unknown as { setup_token?: string } | null)?.setup_token
  if (status !== 200 || !token) throw new Error(`no session: ${status}`)
  return { vaultSetupToken: token }
}
