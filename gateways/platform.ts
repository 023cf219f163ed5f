import type { AccountStanding } from '../domain/tenant/connected-accounts.ts'
import type { WebhookAtGateway } from './account-access.ts'
import type { GatewayEvent } from './gateway-event.ts'

// What the installation's account can do as a platform: accounts of organizations are connected to it, and called with
// its keys.

/** An account that is connected to the platform. */
export interface ConnectedAccount {
  id: string
  /** The organization and the environment in its metadata, which only the platform can write. */
  organizationId: string | null
  environment: string | null
  standing: AccountStanding
}

/** A link by which the owner of an account enters its data at the gateway: single-use, and short-lived. */
export interface OnboardingLink {
  url: string
  expiresAt: Date
}

/** An event of an account that is connected to the platform. */
export interface ConnectedEvent extends GatewayEvent {
  /** The gateway's id of the account; null for an event of the platform itself. */
  connectedId: string | null
}

export interface NewConnectedAccount {
  /** ISO 3166-1 alpha-2; the platform's if undefined. */
  country?: string | undefined
  email?: string | undefined
  metadata: Record<string, string>
}

/**
 * Calls as a platform. Each throws `refused` if the installation's account is not registered as a platform, or its key
 * lacks a permission, and otherwise as the port.
 */
export interface Platform {
  /** Creates a connected account and returns its id. The same key returns the same account. */
  create(account: NewConnectedAccount, key: string): Promise<string>
  /** Reads an account; undefined if the platform has no access to it, or not any more. */
  read(vendorAccountId: string): Promise<ConnectedAccount | undefined>
  /** Creates an onboarding link, which redirects to `returnUrl`, or to `refreshUrl` if it cannot be used any more. */
  createLink(vendorAccountId: string, urls: { returnUrl: string; refreshUrl: string }): Promise<OnboardingLink>
  /** Verifies an event of a connected account: see `PaymentGateway.verifyEvent`. */
  verifyEvent(rawBody: string, headers: Headers): Promise<ConnectedEvent>
  /** Returns the enabled endpoint of connected accounts for a URL; undefined if there is none. */
  findWebhook(url: string): Promise<WebhookAtGateway | undefined>
}
