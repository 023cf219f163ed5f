import { createRoute, z } from '@hono/zod-openapi'
import { consentWays, pageLocales } from '../../domain/hosted-page.ts'
import { mustBe } from '../schemas/fields.ts'
import { consentVersions } from './words/consent-versions.ts'
import { isCardNumberAsId } from '../../domain/text/card-numbers.ts'
import { declineCodes } from '../../domain/payment/declines.ts'
import { approvingGateways, gatewayFacts, type ClientAction } from '../../domain/gateways/list.ts'
import { gatewayNames, stepNames, submissionRefusals, type GatewayName } from '../../domain/lifecycle.ts'

// The page's JSON calls. The only credential is the link's token, in a header or in the query.

export const pagePathPattern = '/public/edge/setup-billing/{brand_id}/{org_id}/{bc_id}'

const params = z.object({ brand_id: z.string(), org_id: z.string(), bc_id: z.string() })
const query = z.object({ token: z.string().optional().openapi({ description: 'The token of the setup link' }) })

/** Only described: validation would copy all headers of a call, and calls that wait would keep the copies in memory. */
const tokenHeader = {
  name: 'setup-token',
  in: 'header',
  description: 'The token as a header, as the page itself sends it',
  schema: { type: 'string' },
} as const

type SecretAction = Extract<ClientAction, { client_secret: string }>['type']
const secretActions = gatewayNames.flatMap((name) => (gatewayFacts[name].secretAction ?? []) as SecretAction)

const time = z.string().openapi({ format: 'date-time' })
export const progressSchema = z
  .object({
    status: z.enum(['pending', 'completed', 'expired', 'canceled', 'failed']),
    steps: z.array(
      z.object({
        name: z.enum(stepNames),
        state: z.enum(['waiting', 'running', 'done', 'skipped', 'failed']),
        attempts: z.number().int(),
        message: z.string().nullable(),
        next_retry_at: time.nullable(),
      }),
    ),
    blocked_on: z.enum(['customer', 'gateway', 'operator']).nullable(),
    gateway: z.enum(gatewayNames),
    gateways: z.array(z.enum(gatewayNames)),
    amount: z.number().int().openapi({ description: 'Minor units' }),
    currency: z.string(),
    paying: z.boolean(),
    decline: z
      .object({
        code: z.enum(declineCodes),
        attempts_left: z.number().int().openapi({ description: 'How many more may be declined with this link' }),
      })
      .nullable()
      .openapi({ description: 'Why the last payment method was not accepted' }),
    version: z.string().openapi({ description: 'Differs whenever something else in this object does' }),
    refusal: z.enum(submissionRefusals).optional().openapi({ description: 'Why a submission was not accepted' }),
    action: z
      .discriminatedUnion('type', [
        z.object({ type: z.literal(secretActions), client_secret: z.string(), publishable_key: z.string() }),
        z.object({ type: z.literal('redirect'), url: z.string() }),
      ])
      .optional()
      .openapi({
        description:
          'What the customer must do next, such as confirming the payment with the bank. With the token of a ' +
          'return URL, the response has no client secret',
      }),
  })
  .openapi('PageProgress')
const errorSchema = z
  .object({ error: z.object({ code: z.string(), message: z.string(), param: z.string().optional() }) })
  .openapi('PageError')

const progress = (description: string) => ({ description, content: { 'application/json': { schema: progressSchema } } })
const error = (description: string) => ({ description, content: { 'application/json': { schema: errorSchema } } })
const refusals = { 404: error('Not a valid link'), 503: error('The service is unavailable; see Retry-After') }
const tooLarge = error('The body is larger than 16 KB')
const common = { tags: ['Hosted page'], parameters: [tokenHeader], request: { params, query } }

/** Seconds, less than proxies wait for a response. */
const longestHold = 25
const heldQuery = {
  seen: z.string().optional().openapi({ description: 'The `version` that the caller has' }),
  wait: z
    .string()
    .optional()
    .openapi({ description: `Seconds to wait for another version, at most ${longestHold}` }),
}

/** A call that waits until the progress differs from the version `seen`. `wait` is in milliseconds. */
export interface Hold {
  seen: string
  wait: number
}

/** Returns how a call for the progress waits; undefined if it does not. */
export function holdOf({ seen, wait }: { seen?: string | undefined; wait?: string | undefined }): Hold | undefined {
  if (seen === undefined || wait === undefined || !/^\d{1,4}$/.test(wait)) return undefined
  return { seen, wait: Math.min(Number(wait), longestHold) * 1_000 }
}

export const getProgress = createRoute({
  ...common,
  method: 'get',
  path: `${pagePathPattern}/progress`,
  operationId: 'getSetupProgress',
  summary: 'Get the progress of the setup',
  description:
    'With `seen` and `wait`, the response is sent once the progress differs from that version, or the time has ' +
    'passed (204). It is sent at once if too many calls of this link or process wait.',
  request: { ...common.request, query: query.extend(heldQuery) },
  responses: {
    200: progress('The progress'),
    204: { description: 'Nothing has changed' },
    410: progress('The link is no longer valid'),
    ...refusals,
  },
})

const shown = {
  amount: z
    .number()
    .int()
    .min(0)
    .openapi({ description: 'The amount that the page showed, in minor units', example: 1500 }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in uppercase')
    .openapi({ example: 'USD' }),
}
/** Missing from pages of older releases. */
const shownKey = z
  .string()
  .max(300)
  .optional()
  .openapi({ description: 'The publishable key that the page has loaded', example: 'pk_test_…' })
const versions = consentVersions.join(' or ')
const consent = z
  .strictObject({
    version: z
      .number(mustBe(versions))
      .refine((version) => consentVersions.includes(version), `must be ${versions}`)
      .openapi({ description: 'The version of the sentences', example: 1 }),
    language: z.enum(pageLocales, mustBe(`one of ${pageLocales.join(', ')}`)).openapi({ example: 'en' }),
    way: z.enum(consentWays, mustBe(consentWays.join(' or '))),
    digest: z.string().max(64).optional().openapi({ description: 'Of the sentences that the page showed' }),
  })
  .openapi('PageConsent', { description: 'The sentences that the page showed at its button' })
/** What the customer agreed to. Missing from pages of older releases. */
export type PageConsent = z.infer<typeof consent>

/** The submission of a gateway, under the name of its own field. */
const submissionAt = (name: GatewayName) => {
  const { field, form, what, example } = gatewayFacts[name].submission
  return z.strictObject({
    gateway: z.literal(name),
    [field]: z
      .string()
      .regex(form, `must be ${what}`)
      .refine((id) => !isCardNumberAsId(id), 'must not contain a card number')
      .openapi({ example }),
    publishable_key: shownKey,
    ...shown,
    consent: consent.optional(),
  })
}
export type Submission = {
  gateway: GatewayName
  publishable_key?: string
  amount: number
  currency: string
  consent?: PageConsent
} & Record<string, unknown>
const submission = z
  .discriminatedUnion('gateway', gatewayNames.map(submissionAt) as [ReturnType<typeof submissionAt>], {
    error: `must be ${gatewayNames.join(' or ')}`,
  })
  .openapi('SetupCompleted') as unknown as z.ZodType<Submission>

export const postSetupCompleted = createRoute({
  ...common,
  method: 'post',
  path: `${pagePathPattern}/setup-completed`,
  operationId: 'setupCompleted',
  summary: 'Submit the payment token',
  request: { ...common.request, body: { required: true, content: { 'application/json': { schema: submission } } } },
  responses: {
    202: progress('Accepted'),
    400: error('A field is missing or invalid'),
    409: progress('Conflicts with the current state'),
    410: progress('The link is no longer valid'),
    413: tooLarge,
    429: progress('Too many declined payment methods; see Retry-After'),
    ...refusals,
  },
})

const approving = approvingGateways.map((name) => gatewayFacts[name].title).join(' or ')
const sessionRequest = z
  .strictObject({
    gateway: z.literal(approvingGateways),
    publishable_key: shownKey,
    amount: shown.amount.optional(),
    currency: shown.currency.optional(),
    consent: consent.optional(),
  })
  .openapi('PaymentSessionRequest')
export type SessionRequest = z.infer<typeof sessionRequest>
const session = z.object({ setup_token: z.string(), approve_url: z.string() }).openapi('PaymentSession')

export const postPaymentSession = createRoute({
  ...common,
  method: 'post',
  path: `${pagePathPattern}/payment-session`,
  operationId: 'createPaymentSession',
  summary: `Start an approval at ${approving}`,
  request: { ...common.request, body: { required: true, content: { 'application/json': { schema: sessionRequest } } } },
  responses: {
    200: {
      description: 'The setup token, and the page on which the customer approves it',
      content: { 'application/json': { schema: session } },
    },
    400: error(`${approving} is not available, or a field is missing or invalid`),
    409: {
      description: 'Conflicts with the current state. The progress, if the price is not the one that the page showed',
      content: { 'application/json': { schema: z.union([errorSchema, progressSchema]) } },
    },
    410: progress('The link is no longer valid'),
    413: tooLarge,
    ...refusals,
  },
})

export const postActionCompleted = createRoute({
  ...common,
  method: 'post',
  path: `${pagePathPattern}/action-completed`,
  operationId: 'actionCompleted',
  summary: 'Resume after the customer returns from the bank',
  responses: {
    202: progress('The gateway will be asked for the state of the payment'),
    409: progress('What the customer approved at the gateway conflicts with the current state'),
    410: progress('The link is no longer valid'),
    429: progress('What the customer approved must wait after too many declined payment methods; see Retry-After'),
    ...refusals,
  },
})

export const postNewLink = createRoute({
  ...common,
  method: 'post',
  path: `${pagePathPattern}/new-link`,
  operationId: 'requestNewLink',
  summary: 'Request a new link in place of an expired one',
  responses: {
    202: {
      description: 'Requested',
      content: { 'application/json': { schema: z.object({ requested: z.literal(true) }) } },
    },
    409: error('The link has not expired'),
    ...refusals,
  },
})
