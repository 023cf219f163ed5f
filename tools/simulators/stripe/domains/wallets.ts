import { isActiveOn } from './domains.ts'
import type { WalletType } from '../behavior/method-details.ts'
import type { StripeState } from '../behavior/state.ts'

const isLoopback = (host: string) => host === 'localhost' || host === '127.0.0.1'

/** Returns the customer's wallets that Stripe.js offers on a page. The vendor offers none on an unregistered domain. */
export function offeredWallets(state: StripeState, host: string): WalletType[] {
  const wallets = state.journal.get<WalletType[]>('settings', 'wallets') ?? []
  return wallets.filter((wallet) => isLoopback(host) || isActiveOn(state, host, wallet))
}
