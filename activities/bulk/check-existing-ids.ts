import { setTimeout as sleep } from 'node:timers/promises'
import { isOnboardedWhenAsked, usualGateway } from '../../domain/lifecycle.ts'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { Payer } from '../../domain/tenant/gateway-accounts.ts'
import type { RowContext } from '../../store/bulk/row-context.ts'
import { verifyExistingIds, type ExistingIds } from '../../payments/customers/existing-ids.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { readContactRecord } from '../../store/billing-customers/contact-record.ts'
import type { RowError } from '../../store/bulk/row-input.ts'
import type { ReadyRow } from '../../store/bulk/rows.ts'

/** Milliseconds before the first repeat of a call that exceeded the gateway's rate limit, and the longest pause. */
const firstPause = 500
const longestPause = 8_000

/** What is known of a row before it is onboarded: why it fails, or whether its method is saved at the gateway. */
export interface VerifiedRow {
  error?: RowError | undefined
  methodIsSaved: boolean
}

const nothing: VerifiedRow = { methodIsSaved: false }

/**
 * Checks what a row names at the gateway. It does not apply if its billing customer is active or suspended. Throws a
 * GatewayError if the gateway does not answer: the row stays ready.
 */
export async function verifyRow(
  d: ActivityDependencies,
  { bulk: { organizationId, environment }, offered, settings }: RowContext,
  { externalId, gateway: named, gatewayCustomerId, methodId }: ReadyRow,
): Promise<VerifiedRow> {
  if (gatewayCustomerId === null && methodId === null) return nothing
  const tenant = { organizationId, environment }
  const known = await readContactRecord(d.database, { ...tenant, contactId: externalId })
  if (known && !isOnboardedWhenAsked(known.status)) return nothing
  const ids = { gatewayCustomerId: gatewayCustomerId ?? undefined, methodId: methodId ?? undefined }
  const gateway = named ?? usualGateway(offered)
  try {
    const { wrong, isSaved } = await readPatiently(d, { ...tenant, settings }, gateway, ids)
    return { error: wrong && { code: 'invalid_request', ...wrong }, methodIsSaved: isSaved }
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw error
    const message = 'the gateway rejects the account of this service; ask an operator'
    return { error: { code: 'gateway_refused', message }, methodIsSaved: false }
  }
}

async function readPatiently(
  d: ActivityDependencies,
  payer: Payer,
  name: NonNullable<ReadyRow['gateway']>,
  ids: ExistingIds,
) {
  for (let pause = firstPause; ; pause *= 2) {
    try {
      const gateway = await d.gateways.current(payer, name)
      if (!gateway) throw new GatewayError('refused', 'account_not_configured')
      return await verifyExistingIds(d.database, gateway, payer, ids)
    } catch (error) {
      if (!isGatewayError(error, 'not_now') || pause > longestPause) throw error
      await sleep(pause)
    }
  }
}
