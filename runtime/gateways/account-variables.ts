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
}
