import type { Environment } from '../../domain/lifecycle.ts'

/** The owner of a row: one organization in one environment. Tenants share no data. */
export interface Tenant {
  organizationId: string
  environment: Environment
}
