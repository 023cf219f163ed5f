import { z } from 'zod'
import { accountOwnerships, type CustomerOwnership } from '../../domain/payment/customer-ownership.ts'

/** As in the names of environment variables: the environments `live` and `sandbox`. */
export type Mode = 'LIVE' | 'TEST'

/** The environment variables of a gateway's accounts, one for each mode. */
export interface AccountVariables<Values> {
  /** Each variable with its format. */
  variables: object
  /** Names are `PREFIX_MODE_PART`. An account needs every part, and is named by the first in error messages. */
  prefix: string
  parts: readonly [string, ...string[]]
  /** Returns the account of a mode; undefined if it is not configured. */
  accountOf(values: Values, mode: Mode, publicUrl: string): object | undefined
  /** Returns how the gateway is reached in a mode, with which account whatsoever. */
  placeOf(values: Values, mode: Mode, publicUrl: string): object
}

/** Whose the customers of an account are, by its owner's word. */
export const customerOwnership = z
  .enum(accountOwnerships, 'must be proven, or exclusive if the account belongs to one organization alone')
  .optional()

/** Returns the policy of an installation's account, which every organization of its environment can use. */
export const ownershipOf = (stated: z.infer<typeof customerOwnership>): CustomerOwnership =>
  stated === 'exclusive' ? 'exclusive_while_alone' : 'proven'
