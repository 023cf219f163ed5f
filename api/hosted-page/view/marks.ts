import { gatewayFacts } from '../../../domain/gateways/list.ts'
import { gatewayNames, type GatewayName } from '../../../domain/lifecycle.ts'

/** Addresses of the marks of gateways at which customers approve, by which they recognize them. */
export type Marks = Partial<Record<GatewayName, string>>

/** Returns the marks. `addressOf` returns the address of a file of `api/assets/`. */
export const marksWith = (addressOf: (file: string) => string): Marks =>
  Object.fromEntries(
    gatewayNames.filter((name) => gatewayFacts[name].isApprovedThere).map((name) => [name, addressOf(`${name}.svg`)]),
  )
