import { z } from '@hono/zod-openapi'
import { gatewayNames } from '../../../../domain/lifecycle.ts'
import { accountOwnerships } from '../../../../domain/payment/customer-ownership.ts'
import { accountStatuses } from '../../../../domain/tenant/gateway-accounts.ts'
import { webhookUrlOf } from '../../../../payments/accounts/account-webhook.ts'
import type { Verification } from '../../../../payments/accounts/verify-account.ts'
import type { OwnAccount } from '../../../../store/gateway-accounts/accounts.ts'
import { time } from '../../../schemas/lists.ts'

const fields = {
  id: z.string().openapi({ example: 'ga_01k2…' }),
  object: z.literal('gateway_account'),
  gateway: z.enum(gatewayNames),
  status: z.enum(accountStatuses).openapi({
    description:
      'active: payments begin with it. draining: nothing new begins. disabled: nothing more is charged either. Each ' +
      'still verifies events, reads, cancels, refunds and removes payment methods',
  }),
  ownership: z.enum(accountOwnerships).openapi({
    description:
      "When a customer at the gateway counts as this organization's: if its metadata says so (proven), or always " +
      '(exclusive)',
  }),
  vendor_account_id: z.string().openapi({ description: "The gateway's own id of the account", example: 'acct_1Q…' }),
  publishable_key: z.string(),
  key_hint: z.string().openapi({ description: 'The end of the secret key, which is never returned', example: '…4f2a' }),
  webhook_url: z.string().openapi({ description: "The address for the gateway's events about this account" }),
  webhook_endpoint_id: z.string().nullable().openapi({ description: 'Our webhook endpoint at the gateway, if known' }),
  api_version: z.string().nullable().openapi({ description: "The API version of the gateway's events" }),
  verified_at: time.nullable().openapi({ description: 'When a verification last found no problem' }),
  problem: z.string().nullable().openapi({ description: 'What the last verification found; null if nothing' }),
  created_at: time,
}

export const accountView = z.object(fields).openapi('GatewayAccount')

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
  status: account.status,
  ownership: account.ownership,
  vendor_account_id: account.vendorAccountId,
  publishable_key: account.publishableKey,
  key_hint: account.keyHint,
  webhook_url: webhookUrlOf(publicUrl, account),
  webhook_endpoint_id: account.webhookEndpointId,
  api_version: account.apiVersion,
  verified_at: account.verifiedAt?.toISOString() ?? null,
  problem: account.problem,
  created_at: account.createdAt.toISOString(),
})

export const viewVerified = (
  { account, checks, webhook }: Verification,
  publicUrl: string,
): z.input<typeof verifiedView> => ({
  ...viewAccount(account, publicUrl),
  permissions: Object.fromEntries(checks.map(({ permission, granted }) => [permission, granted])),
  webhook,
})
