import { z } from '@hono/zod-openapi'
import { gatewayNames } from '../../../../domain/lifecycle.ts'
import { accountOwnerships } from '../../../../domain/payment/customer-ownership.ts'
import { accountAuths, accountStatuses } from '../../../../domain/tenant/gateway-accounts.ts'
import type { OnboardingLink } from '../../../../gateways/platform.ts'
import { webhookUrlOf } from '../../../../payments/accounts/account-webhook.ts'
import type { Verification } from '../../../../payments/accounts/verification.ts'
import type { OwnAccount } from '../../../../store/gateway-accounts/accounts.ts'
import { time } from '../../../schemas/lists.ts'

const names = z.array(z.string())
const requirements = z.object({
  currently_due: names.openapi({ example: ['external_account'] }),
  past_due: names,
  pending_verification: names,
  disabled_reason: z.string().nullable(),
  current_deadline: time.nullable(),
})

const fields = {
  id: z.string().openapi({ example: 'ga_01k2…' }),
  object: z.literal('gateway_account'),
  gateway: z.enum(gatewayNames),
  auth: z.enum(accountAuths).openapi({
    description:
      "keys: called with keys of its own. connect: called with the platform's keys, which are the installation's",
  }),
  status: z.enum(accountStatuses).openapi({
    description:
      'pending: the gateway does not permit the connected account to charge; problem says why. active: payments ' +
      'begin with it. draining: nothing new begins. disabled: nothing more is charged either. Each ' +
      'still verifies events, reads, cancels, refunds and removes payment methods',
  }),
  ownership: z.enum(accountOwnerships).openapi({
    description:
      "When a customer at the gateway counts as this organization's: if its metadata says so (proven), or always " +
      '(exclusive)',
  }),
  vendor_account_id: z.string().openapi({ description: "The gateway's own id of the account", example: 'acct_1Q…' }),
  publishable_key: z.string().nullable().openapi({ description: 'Null for a connected account' }),
  key_hint: z.string().nullable().openapi({
    description: 'The end of the secret key, which is never returned; null for a connected account',
    example: '…4f2a',
  }),
  charges_enabled: z.boolean().nullable().openapi({
    description: 'Whether the gateway permits a connected account to charge; null if unknown, and for keys',
  }),
  requirements: requirements.nullable().openapi({
    description: 'What the gateway requires of the owner of a connected account; null if unknown, and for keys',
  }),
  webhook_url: z.string().openapi({ description: "The address for the gateway's events about this account" }),
  webhook_endpoint_id: z.string().nullable().openapi({ description: 'Our webhook endpoint at the gateway, if known' }),
  api_version: z.string().nullable().openapi({ description: "The API version of the gateway's events" }),
  verified_at: time.nullable().openapi({ description: 'When a verification last found no problem' }),
  problem: z.string().nullable().openapi({ description: 'What the last verification found; null if nothing' }),
  created_at: time,
}

export const accountView = z.object(fields).openapi('GatewayAccount')

export const linkedView = z
  .object({
    ...fields,
    onboarding_url: z
      .string()
      .nullable()
      .openapi({
        description:
          'For a connected account: where its owner enters what the gateway requires. Usable once, within minutes; ' +
          'it is never stored',
      }),
    onboarding_url_expires_at: time.nullable(),
  })
  .openapi('GatewayAccountWithLink')

export const verifiedView = z
  .object({
    ...fields,
    permissions: z.record(z.string(), z.boolean()).openapi({
      description: 'Whether the keys have each permission, tried by reading',
      example: { payments: true, disputes: false },
    }),
    webhook: z.enum(['enabled', 'other_api_version', 'missing', 'unknown']).openapi({
      description: 'The webhook endpoint at the gateway; unknown if the keys cannot read it',
    }),
  })
  .openapi('VerifiedGatewayAccount')

/** Returns an account as the native API shows it: no secret is in it. */
export const viewAccount = (account: OwnAccount, publicUrl: string): z.input<typeof accountView> => ({
  id: account.accountId,
  object: 'gateway_account',
  gateway: account.gateway,
  auth: account.auth,
  status: account.status,
  ownership: account.ownership,
  vendor_account_id: account.vendorAccountId,
  publishable_key: account.publishableKey,
  key_hint: account.keyHint,
  charges_enabled: account.standing?.charges_enabled ?? null,
  requirements: account.standing?.requirements ?? null,
  webhook_url: webhookUrlOf(publicUrl, account),
  webhook_endpoint_id: account.webhookEndpointId,
  api_version: account.apiVersion,
  verified_at: account.verifiedAt?.toISOString() ?? null,
  problem: account.problem,
  created_at: account.createdAt.toISOString(),
})

export const viewLinked = (
  account: OwnAccount,
  link: OnboardingLink | null,
  publicUrl: string,
): z.input<typeof linkedView> => ({
  ...viewAccount(account, publicUrl),
  onboarding_url: link?.url ?? null,
  onboarding_url_expires_at: link?.expiresAt.toISOString() ?? null,
})

export const viewVerified = (
  { account, checks, webhook }: Verification,
  publicUrl: string,
): z.input<typeof verifiedView> => ({
  ...viewAccount(account, publicUrl),
  permissions: Object.fromEntries(checks.map(({ permission, granted }) => [permission, granted])),
  webhook,
})
