import { setTimeout as sleep } from 'node:timers/promises'
import { defaultGateway } from '../../domain/lifecycle.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { Tenant } from '../../domain/reference.ts'
import { whyNotUsable, type ExistingIds } from '../../payments/customers/existing-ids.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { gatewayFor } from '../../payments/gateway-for.ts'
import { readContactRecord } from '../../store/billing-customers/contact-record.ts'
import type { RowError } from '../../store/bulk/row-input.ts'
import type { ReadyRow } from '../../store/bulk/rows.ts'

/** Milliseconds before the first repeat of a call that exceeded the gateway's rate limit, and the longest pause. */
const firstPause = 500
const longestPause = 8_000

/**
 * Returns why what a row names at the gateway cannot be used; undefined if it can, or if its billing customer is no
 * longer pending, because then it does not apply. Throws a GatewayError if the gateway does not answer: the row stays
 * ready.
 */
export async function whyRowNotUsable(
  d: ActivityDependencies,
  { organizationId, environment }: Tenant,
  { externalId, gateway, gatewayCustomerId, methodId }: ReadyRow,
): Promise<RowError | undefined> {
  if (gatewayCustomerId === null && methodId === null) return undefined
  const tenant = { organizationId, environment }
  const known = await readContactRecord(d.database, { ...tenant, contactId: externalId })
  if (known && known.status !== 'pending') return undefined
  const ids = { gatewayCustomerId: gatewayCustomerId ?? undefined, methodId: methodId ?? undefined }
  try {
    const wrong = await readPatiently(d, tenant, gateway ?? defaultGateway, ids)
    return wrong && { code: 'invalid_request', ...wrong }
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw error
    return { code: 'gateway_refused', message: 'the gateway rejects the account of this service; ask an operator' }
  }
}

async function readPatiently(
  d: ActivityDependencies,
  tenant: Tenant,
  name: NonNullable<ReadyRow['gateway']>,
  ids: ExistingIds,
) {
  for (let pause = firstPause; ; pause *= 2) {
    try {
      return await whyNotUsable(d.database, gatewayFor(d, tenant, name), tenant, ids)
    } catch (error) {
      if (!isGatewayError(error, 'not_now') || pause > longestPause) throw error
      await sleep(pause)
    }
  }
}
