import type { WrongField } from '../../domain/failure/failures.ts'
import type { PageChanges } from '../../domain/hosted-page.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { CustomerProfile, IntegrationMapping } from '../../domain/tenant/customer-profile.ts'
import type { ParentReference } from '../customers/parents.ts'

/** The input of a row, validated by the API's rules. It is personal data and is deleted when the row is done. */
export interface RowInput {
  profile: Partial<CustomerProfile>
  parent?: ParentReference | undefined
  mappings?: IntegrationMapping[] | undefined
  brandId?: string | undefined
  gateway?: GatewayName | undefined
  billableItemId?: string | undefined
  requireInitial?: boolean | undefined
  /** Minor units. */
  initialAmount?: number | undefined
  allowTrigger?: boolean | undefined
  notes?: string | undefined
  /** What the contact has at the gateway already. A row with a method states `requireInitial`. */
  gatewayCustomerId?: string | undefined
  paymentMethodId?: string | undefined
  page?: PageChanges | undefined
}

/** Why a row is invalid or failed. It never contains the value that was wrong. */
export interface RowError extends Partial<Pick<WrongField, 'param'>> {
  code: string
  message: string
}

/** A validated row of an upload. */
export interface CheckedRow {
  /** Its number in the file, 1-based, without the header and blank lines. */
  number: number
  /** The line on which it begins, 1-based. */
  line: number
  externalId: string | null
  /** Null if the row is invalid or a duplicate. */
  input: RowInput | null
  /** The number of the first row with the same external id. */
  duplicateOf: number | null
  errors: RowError[]
}
