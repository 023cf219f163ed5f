import type { Environment } from '../../domain/lifecycle.ts'

/** Whose a row is: one organization in one environment; nothing crosses from one to another. */
export interface Tenant {
  organizationId: string
  environment: Environment
}
