import type Stripe from 'stripe'
import type { AccountStanding } from '../../../domain/tenant/connected-accounts.ts'
import { GatewayError, isGatewayError } from '../../../domain/payment/gateway-errors.ts'
import type { ConnectedAccount, Platform } from '../../platform.ts'
import { webhookOf } from '../access/account-access.ts'
import type { StripeConnection } from '../client.ts'
import { call } from '../errors.ts'
import { verifyConnectedEvent } from '../events.ts'

// Stripe Connect with direct charges: every object of a payment is on the connected account (docs/decisions/0051).

/**
 * Stripe collects what it requires, charges its fees to the account and bears losses, and the owner has the full
 * dashboard. Accounts with these properties were called Standard
 * (docs.stripe.com/connect/migrate-to-controller-properties), and are for direct charges.
 */
const controller = {
  fees: { payer: 'account' },
  losses: { payments: 'stripe' },
  requirement_collection: 'stripe',
  stripe_dashboard: { type: 'full' },
} satisfies Stripe.AccountCreateParams.Controller

/** Returns what the account of a connection can do as a platform. `secrets` are those of its Connect endpoint. */
export function stripePlatform({ stripe, livemode }: StripeConnection, secrets: string[]): Platform {
  return {
    create: ({ country, email, metadata }, key) =>
      call(async () => {
        const details = { ...(country ? { country } : {}), ...(email ? { email } : {}) }
        const capabilities = { card_payments: { requested: true }, transfers: { requested: true } }
        const wanted = { controller, capabilities, metadata, ...details }
        return (await stripe.accounts.create(wanted, { idempotencyKey: key })).id
      }),
    read: (id) => readConnected(stripe, id),
    createLink: (account, { returnUrl, refreshUrl }) =>
      call(async () => {
        const urls = { return_url: returnUrl, refresh_url: refreshUrl }
        const { url, expires_at } = await stripe.accountLinks.create({ account, type: 'account_onboarding', ...urls })
        return { url, expiresAt: new Date(expires_at * 1000) }
      }),
    verifyEvent: async (rawBody, headers) =>
      verifyConnectedEvent(rawBody, headers.get('stripe-signature') ?? '', secrets, livemode),
    findWebhook: (url) =>
      call(async () => {
        const { data } = await stripe.webhookEndpoints.list({ limit: 100 })
        // An endpoint of connected accounts has an application.
        const found = data.find((each) => each.url === url && each.status === 'enabled' && each.application !== null)
        return found && webhookOf(found)
      }),
  }
}

async function readConnected(stripe: Stripe, id: string): Promise<ConnectedAccount | undefined> {
  // A caller's text: anything but an id could change the path.
  if (!/^acct_\w{1,250}$/.test(id)) throw new GatewayError('not_found', 'no_id')
  try {
    const account = await call(() => stripe.accounts.retrieve(id))
    const { organization_id = null, environment = null } = account.metadata ?? {}
    return { id: account.id, organizationId: organization_id, environment, standing: standingOf(account) }
  } catch (error) {
    // docs.stripe.com/error-codes#account-invalid: also after the owner revoked the platform's access.
    if (isGatewayError(error, 'refused') && error.vendorCode === 'account_invalid') return undefined
    if (isGatewayError(error, 'not_found')) return undefined
    throw error
  }
}

function standingOf({ charges_enabled, details_submitted, requirements }: Stripe.Account): AccountStanding {
  const deadline = requirements?.current_deadline
  return {
    charges_enabled,
    details_submitted,
    requirements: {
      currently_due: requirements?.currently_due ?? [],
      past_due: requirements?.past_due ?? [],
      pending_verification: requirements?.pending_verification ?? [],
      disabled_reason: requirements?.disabled_reason ?? null,
      current_deadline: deadline ? new Date(deadline * 1000).toISOString() : null,
    },
  }
}
