import { afterAll, beforeAll, beforeEach } from 'vitest'
import { callDoor, doors, type DoorName, type Extra } from '../doors.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World
export const perMinute = 80

// A key of its own for each test: calls are counted by key.
let key: string

let number = 0

/** Gives the file a test environment without a worker, and each test an API key of its own: calls count by key. */
export function withKeyOfItsOwn(): void {
  beforeAll(async () => {
    world = await createWorld({ worker: false, rateLimit: { store: 'memory', perMinute } })
  })
  afterAll(() => world.close())
  beforeEach(async () => {
    key = await newKey()
  })
}

export const newExternalId = () => `usr_${++number}`

export const call = (name: DoorName, method: string, path: string, body?: object | string, extra: Extra = {}) =>
  callDoor(world, name, method, path, body, { key, ...extra })

export const newKey = async (options: Record<string, string> = {}) => {
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', name: 'a test' }
  const scopes: Record<string, string> = options.kind === 'publishable' ? {} : { scopes: '*' }
  const made = (await world.admin('create-key', { ...scope, ...scopes, ...options })) as { key: string }
  world.secrets.add(made.key)
  return made.key
}

export const create = (name: DoorName, externalId = newExternalId()) =>
  call(name, 'POST', '', doors[name].smallest(externalId))

export const words = {
  badJson: {
    'billing-io': 'invalid_request/invalid_field_value',
    moment: 'Bad Request',
    flexprice: 'validation_error',
  },
  badType: {
    'billing-io': 'invalid_request/unsupported_media_type',
    moment: 'Unsupported Media Type',
    flexprice: 'validation_error',
  },
  unauthorized: {
    'billing-io': 'authentication_error/api_key_missing',
    moment: 'Unauthorized',
    flexprice: 'unauthorized',
  },
  wrongKey: { 'billing-io': 'authentication_error/api_key_invalid', moment: 'Unauthorized', flexprice: 'unauthorized' },
  forbidden: {
    'billing-io': 'authentication_error/api_key_not_allowed',
    moment: 'Forbidden',
    flexprice: 'permission_denied',
  },
  unknown: { 'billing-io': 'not_found/customer_not_found', moment: 'Not Found', flexprice: 'not_found' },
  noRoute: { 'billing-io': 'not_found/route_not_found', moment: 'Not Found', flexprice: 'not_found' },
  noMethod: {
    'billing-io': 'invalid_request/method_not_allowed',
    moment: 'Method Not Allowed',
    flexprice: 'method_not_allowed',
  },
  taken: { 'billing-io': 'invalid_request/invalid_field_value', moment: 'Conflict', flexprice: 'already_exists' },
  tooLarge: {
    'billing-io': 'invalid_request/body_too_large',
    moment: 'Content Too Large',
    flexprice: 'validation_error',
  },
  tooMany: {
    'billing-io': 'rate_limited/too_many_requests',
    moment: 'Too Many Requests',
    flexprice: 'too_many_requests',
  },
  internal: {
    'billing-io': 'internal_error/internal_server_error',
    moment: 'Internal Server Error',
    flexprice: 'internal_error',
  },
  unavailable: {
    'billing-io': 'internal_error/service_unavailable',
    moment: 'Service Unavailable',
    flexprice: 'service_unavailable',
  },
  running: {
    'billing-io': 'idempotency_conflict/idempotency_key_in_use',
    moment: 'Conflict',
    flexprice: 'idempotency_conflict',
  },
  reused: {
    'billing-io': 'idempotency_conflict/idempotency_key_reused',
    moment: 'Unprocessable Content',
    flexprice: 'idempotency_conflict',
  },
} satisfies Record<string, Record<DoorName, string>>
