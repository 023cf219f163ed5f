import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Faults, type Fault } from '../faults.ts'
import { findCall, type Call } from './calls.ts'
import { addControls, type RequestLog } from './controls.ts'
import { invalidRequest, serverError, StripeAnswer } from './errors.ts'
import { parseForm } from './form.ts'
import { addFrame } from './frame.ts'
import { inUse, Keys } from './idempotency.ts'
import { StripeState } from './state.ts'
import { Webhooks, type WebhookTarget } from './webhooks.ts'

export interface StripeSimulator {
  url: string
  /** Where events are sent; may be said later. */
  sendEventsTo(target: WebhookTarget): void
  close(): Promise<void>
}

type SimContext = Context<{ Bindings: HttpBindings }>
interface Parts {
  state: StripeState
  keys: Keys
  faults: Faults
  webhooks: Webhooks
  log: RequestLog
}

/** What stands in for Stripe on one machine: its HTTP API as far as we use it, with state in `folder`, and its card form. */
export async function startStripeSimulator(options: { folder: string; port?: number }): Promise<StripeSimulator> {
  const state = new StripeState(join(options.folder, 'stripe.jsonl'))
  let target: WebhookTarget | undefined
  const parts: Parts = {
    state,
    keys: new Keys(state),
    faults: new Faults(),
    webhooks: new Webhooks(state, () => target),
    log: [],
  }
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.all('/v1/*', (c) => answerCall(c, parts))
  addControls(app, parts)
  addFrame(app)
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, port: options.port ?? 0, hostname: '127.0.0.1' }, () =>
      resolve(made as Server),
    ) as Server
    made.on('error', reject)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sendEventsTo: (wanted) => {
      target = wanted
    },
    async close() {
      parts.webhooks.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      state.journal.close()
    },
  }
}

async function answerCall(c: SimContext, parts: Parts): Promise<Response> {
  const method = c.req.method
  const url = new URL(c.req.url)
  const body = method === 'GET' ? url.search.slice(1) : await c.req.text()
  const key = c.req.header('Idempotency-Key')
  const fault = parts.faults.take(method, url.pathname)
  const entry = { method, path: url.pathname, key: key ?? null, status: 0, valid: true, violations: [] as string[] }
  parts.log.push(entry)
  if (fault?.fault === 'lose_request') return holdUntilGivenUp(c)
  if (fault?.fault === 'reset') return cut(c)
  const answer = await carryOut(c, parts, { method, path: url.pathname, body, key }, fault, entry.violations)
  entry.status = answer.status
  entry.valid = entry.violations.length === 0
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Request-Id', parts.state.newId('req'))
  if (answer.replayed) c.header('Idempotent-Replayed', 'true')
  return c.json(answer.body as object, answer.status as ContentfulStatusCode)
}

interface Request {
  method: string
  path: string
  body: string
  key: string | undefined
}
interface Answer {
  status: number
  body: unknown
  replayed?: boolean
}

async function carryOut(
  c: SimContext,
  parts: Parts,
  request: Request,
  fault: Fault | undefined,
  violations: string[],
): Promise<Answer> {
  const print = Keys.request(request.method, request.path, request.body)
  try {
    refuseFirst(c, fault)
    const found = findCall(request.method, request.path)
    if (!found)
      throw new StripeAnswer(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${request.method}: ${request.path}).`,
      })
    checkKey(c, found.call)
    const saved = request.method === 'POST' && request.key ? parts.keys.begin(request.key, print) : undefined
    if (saved) return { ...saved, replayed: true }
    try {
      if (fault?.fault === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.delay_ms ?? 1_000))
      const answer = run(parts, found, parseForm(request.body), fault, violations)
      if (request.method === 'POST' && request.key && answer.kept) parts.keys.save(request.key, print, answer)
      return answer
    } finally {
      if (request.key) parts.keys.end(request.key)
    }
  } catch (error) {
    if (error instanceof StripeAnswer) return { status: error.status, body: error.body }
    throw error
  }
}

function refuseFirst(c: SimContext, fault: Fault | undefined): void {
  if (!/^Bearer (sk|pk|rk)_test_/.test(c.req.header('Authorization') ?? '') || fault?.fault === 'unauthorized') {
    throw new StripeAnswer(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' })
  }
  if (fault?.fault === 'rate_limit')
    throw new StripeAnswer(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' })
  if (fault?.fault === 'key_in_use') throw inUse()
  if (fault?.fault === 'error_before') throw serverError()
}

function checkKey(c: SimContext, call: Call): void {
  const publishable = /^Bearer pk_/.test(c.req.header('Authorization') ?? '')
  if (publishable && !call.publishable) {
    throw new StripeAnswer(403, {
      type: 'invalid_request_error',
      message: 'This API call cannot be made with a publishable API key.',
    })
  }
}

/** Carries the call out. `kept` says that its answer is remembered under the key: from when execution began. */
function run(
  parts: Parts,
  { call, id }: { call: Call; id: string },
  input: Record<string, unknown>,
  fault: Fault | undefined,
  violations: string[],
): Answer & { kept: boolean } {
  const unknown = Object.keys(input).find((name) => !call.params.includes(name))
  if (unknown) {
    violations.push(`unknown parameter ${unknown}`)
    throw invalidRequest(`Received unknown parameter: ${unknown}`, { code: 'parameter_unknown', param: unknown })
  }
  const forced =
    fault?.fault === 'decline' ? { code: 'card_declined', decline_code: fault.code ?? 'generic_decline' } : undefined
  let answer: Answer & { kept: boolean }
  try {
    const body = call.run(parts.state, input, id, forced)
    const event = call.event?.(body)
    if (event) parts.webhooks.emit(event, body as object)
    answer = { status: 200, body, kept: true }
  } catch (error) {
    if (!(error instanceof StripeAnswer)) throw error
    emitFailure(parts.webhooks, error)
    answer = { status: error.status, body: error.body, kept: error.begun }
  }
  return fault?.fault === 'error_after' ? { status: 500, body: serverError().body, kept: true } : answer
}

function emitFailure(webhooks: Webhooks, { status, body }: StripeAnswer): void {
  if (status !== 402) return
  if (body.error.payment_intent) webhooks.emit('payment_intent.payment_failed', body.error.payment_intent as object)
  if (body.error.setup_intent) webhooks.emit('setup_intent.setup_failed', body.error.setup_intent as object)
}

/** Nothing is answered; the caller gives up some day. */
async function holdUntilGivenUp(c: SimContext): Promise<Response> {
  await new Promise((resolve) => c.env.outgoing.on('close', resolve))
  return RESPONSE_ALREADY_SENT
}

function cut(c: SimContext): Response {
  c.env.incoming.socket.resetAndDestroy()
  return RESPONSE_ALREADY_SENT
}
