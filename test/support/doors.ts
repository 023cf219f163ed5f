import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { Answer, World } from './world/world.ts'

/** The requests and error responses of a door. */
interface DoorCalls {
  customers: string
  idPrefix: string
  headers(key: string | undefined): Record<string, string>
  /** The minimal request that creates a customer. */
  smallest(externalId: string): object
  /** Calls that could show a customer, besides the one by id. */
  others(externalId: string): [method: string, path: string, body?: object][]
  /** Returns the code or type of an error response, and its field, if any. */
  refusal(answer: Answer): { word: string; param: string | undefined }
}

const bearer = (key: string | undefined): Record<string, string> => (key ? { Authorization: `Bearer ${key}` } : {})

export const doors = {
  'billing-io': {
    customers: '/billing-io/v1/customers',
    idPrefix: 'cus_',
    headers: bearer,
    smallest: (externalId) => ({ external_id: externalId, email: 'ada@example.com' }),
    others: (externalId) => [
      ['GET', ''],
      ['GET', `?search=${externalId}`],
    ],
    refusal: ({ body }) => {
      expect(body).toEqual({
        error: {
          type: expect.any(String),
          code: expect.any(String),
          message: expect.any(String),
          param: body.error.param === null ? null : expect.any(String),
        },
      })
      return { word: `${body.error.type}/${body.error.code}`, param: body.error.param ?? undefined }
    },
  },
  moment: {
    customers: '/moment/billing/customers',
    idPrefix: 'bcus_',
    headers: bearer,
    smallest: (externalId) => ({ external_reference: externalId }),
    others: (externalId) => [['GET', `/${externalId}`]],
    refusal: ({ status, headers, body }) => {
      expect(headers.get('Content-Type')).toBe('application/problem+json')
      expect(body).toMatchObject({
        type: expect.stringMatching(/^http.*\/docs\/errors#[a-z-]+$/),
        title: expect.any(String),
        status,
        detail: expect.any(String),
        instance: expect.stringMatching(/^\/moment/),
      })
      return { word: body.title, param: body.errors?.[0].param }
    },
  },
  flexprice: {
    customers: '/flexprice/v1/customers',
    idPrefix: 'cust_',
    headers: (key) => (key ? { 'x-api-key': key } : {}),
    smallest: (externalId) => ({ external_id: externalId }),
    others: (externalId) => [
      ['GET', `/external/${externalId}`],
      ['PUT', `?external_customer_id=${externalId}`, {}],
      ['POST', '/search', {}],
      ['POST', '/search', { external_id: externalId }],
    ],
    refusal: ({ status, body }) => {
      expect(body).toEqual({
        code: expect.any(String),
        message: expect.any(String),
        http_status_code: status,
        details: expect.any(Object),
      })
      return { word: body.code, param: Object.keys(body.details)[0] }
    },
  },
} satisfies Record<string, DoorCalls>

export type DoorName = keyof typeof doors
export const doorNames = Object.keys(doors) as DoorName[]

export interface Extra {
  /** The key. Default: the key of the world's organization. Null sends none. */
  key?: string | null
  headers?: Record<string, string>
}

/** Calls a door below its customers path. A POST has a new Idempotency-Key unless `headers` has one. */
export function callDoor(
  world: World,
  name: DoorName,
  method: string,
  path: string,
  body?: object | string,
  { key = world.seeds.secret_key, headers = {} }: Extra = {},
): Promise<Answer> {
  const door = doors[name]
  return world.request(door.customers + path, {
    method,
    headers: {
      ...door.headers(key ?? undefined),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}
