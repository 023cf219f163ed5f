import type { GatewayName } from '../domain/lifecycle.ts'
import type { GatewayAccount } from '../domain/reference.ts'
import type { AccountKeys, Payer } from '../domain/tenant/gateway-accounts.ts'
import type { BrowserSide, PaymentGateway } from './gateway.ts'

/** Opens gateways with the accounts of organizations and of the installation. */
export interface Gateways {
  /** Returns whether a tenant has an account at a gateway with which something new can begin. */
  has(payer: Payer, name: GatewayName): boolean
  /**
   * Returns the gateway with the account with which something new begins; undefined if there is none. Throws as `of`.
   */
  current(payer: Payer, name: GatewayName): Promise<PaymentGateway | undefined>
  /**
   * Returns the gateway with the account of something that exists. Throws `refused` if its keys are not configured or
   * cannot be decrypted: an operator must act. Then nothing is known about the object.
   */
  of(accountId: string): Promise<PaymentGateway>
  /** Returns the account with this id. Throws as `of`. */
  accountOf(accountId: string): Promise<GatewayAccount>
  /** Returns what the hosted page loads for the account with which something new begins; undefined if there is none. */
  browserSide(payer: Payer, name: GatewayName): Promise<BrowserSide | undefined>
  /** Returns what the hosted page loads for the account of something that exists. Throws as `of`. */
  browserSideOf(accountId: string): Promise<BrowserSide>
  /** Lists the accounts of the installation that are configured. */
  listOfInstallation(): GatewayAccount[]
  /** Opens a gateway with keys that are not stored yet. */
  withKeys(account: GatewayAccount, keys: AccountKeys): PaymentGateway
}
