import { StripeAnswer } from '../errors.ts'
import { masked, type ApiKey } from './api-keys.ts'

/** A call of the vendor's API, with `:id` for an id in its path. */
interface CallName {
  method: string
  path: string
}

/** The permissions of restricted keys by resource, where their name is not that of the resource. */
const named: Record<string, { permission: string; title: string }> = {
  account: { permission: 'accounts_kyc_basic', title: 'Accounts' },
  refunds: { permission: 'charge', title: 'Charges and Refunds' },
  charges: { permission: 'charge', title: 'Charges and Refunds' },
  setup_attempts: { permission: 'setup_intent', title: 'SetupIntents' },
  webhook_endpoints: { permission: 'webhook', title: 'Webhook Endpoints, Event Destinations' },
}

/** Returns the permission that a call requires, such as `payment_intent_write`. */
function requiredPermission({ method, path }: CallName): { name: string; title: string } {
  const resource = path.replace('/test_helpers', '').split('/')[2]!
  const known = named[resource] ?? named[resource.replace(/s$/, '')]
  const { permission, title } = known ?? { permission: resource.replace(/s$/, ''), title: titleOf(resource) }
  const [verb, word] = method === 'GET' ? ['read', 'Read'] : ['write', 'Write']
  return { name: `${permission}_${verb}`, title: `${title} ${word}` }
}

const titleOf = (resource: string) =>
  resource.replaceAll(/(^|_)([a-z])/g, (_, __, letter: string) => ` ${letter.toUpperCase()}`).trim()

/** Throws 403 if a restricted key may not make the call. To write includes to read. */
export function checkPermission(key: ApiKey, call: CallName, account: string): void {
  if (!key.permissions) return
  const { name, title } = requiredPermission(call)
  if (key.permissions.includes(name) || key.permissions.includes(name.replace(/_read$/, '_write'))) return
  // As recorded in github.com/stripe/stripe-cli/pull/2017. No code.
  throw new StripeAnswer(403, {
    type: 'invalid_request_error',
    message:
      `Permission denied. The provided key '${masked(key.text)}' does not have the required permissions for this ` +
      `endpoint on account '${account}'. Enabling ${title} ('${name}') permissions on this key would allow this ` +
      'request to continue.',
  })
}
