import { invalid } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import type { Environment, GatewayName } from '../../domain/lifecycle.ts'
import type { NewSecret } from '../../store/gateway-accounts/secrets.ts'

/** Keys as a caller names them: the fields of its gateway (`accountFields`). */
export type GivenKeys = Record<string, string | undefined>

type KeyName = 'secretKey' | 'publishableKey' | 'webhook'

/** Keys by their purpose, with the fields of their gateway. */
export type ReadKeys = { [Name in KeyName]?: string } & { fields: (typeof gatewayFacts)[GatewayName]['accountFields'] }

/** Returns the keys of a request by their purpose. Throws `invalid_request`. */
export function requireKeys(
  gateway: GatewayName,
  environment: Environment,
  given: GivenKeys,
  needed: KeyName[],
): ReadKeys {
  const fields = gatewayFacts[gateway].accountFields
  const keys: ReadKeys = { fields }
  for (const name of ['secretKey', 'publishableKey', 'webhook'] as const) {
    const { field, form, what } = fields[name]
    const value = given[field]
    if (value === undefined ? needed.includes(name) : !form(environment).test(value))
      throw invalid(field, `must be ${what(environment)}`)
    if (value !== undefined) keys[name] = value
  }
  const own = Object.values(fields).map(({ field }) => field)
  const other = Object.keys(given).find((field) => given[field] !== undefined && !own.includes(field))
  if (other) throw invalid(other, `must be absent: an account at ${gatewayFacts[gateway].title} has no such key`)
  return keys
}

/** Returns the secrets among the keys, as they are stored. */
export function secretsOf({ secretKey, webhook, fields }: ReadKeys): NewSecret[] {
  const name = fields.secretKey.field === 'secret_key' ? 'secret_key' : 'client_secret'
  return [
    ...(secretKey === undefined ? [] : [{ name, text: secretKey } as const]),
    ...(webhook === undefined || !fields.webhook.isSecret ? [] : [{ name: 'webhook_secret', text: webhook } as const]),
  ]
}

/** The last characters of a secret, by which people recognize it. */
export const hintOf = (secret: string) => `…${secret.slice(-4)}`
