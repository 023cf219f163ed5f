import type { Environment } from '../lifecycle.ts'

/** The version of the payload. Endpoints will pin a version once there is a second one. */
export const apiVersion = '2026-12-01'

/** The data of a payload: immutable, except the external id, which is the customer's current one when it is sent. */
export interface PayloadSource {
  eventId: string
  type: string
  createdAt: Date
  environment: Environment
  organizationId: string
  sequence: number | null
  billingCustomerId: string | null
  customerId: string | null
  externalId: string | null
  onboardingId: string | null
  actor: string
  data: Record<string, unknown>
}

/** Returns the body of a delivery, the exact text that is signed and sent. */
export function payloadOf(source: PayloadSource): string {
  const { eventId, type, createdAt, environment, organizationId, sequence, actor, data } = source
  const about = source.billingCustomerId === null ? {} : subjectOf(source)
  return JSON.stringify({
    id: eventId,
    type,
    timestamp: createdAt.toISOString(),
    api_version: apiVersion,
    environment,
    organization_id: organizationId,
    sequence,
    data: { ...about, actor, ...data },
  })
}

const subjectOf = ({ billingCustomerId, customerId, externalId, onboardingId }: PayloadSource) => ({
  billing_customer_id: billingCustomerId,
  customer_id: customerId,
  external_id: externalId,
  onboarding_id: onboardingId,
})
