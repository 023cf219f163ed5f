import { join } from 'node:path'
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { delay, Faults, isAbout, type Fault } from '../faults.ts'
import { cut, holdUntilGivenUp, listen, type SimulatorApp, type SimulatorContext } from '../listen.ts'
import { findCall } from './api/calls.ts'
import { addChallenge } from './browser/challenge.ts'
import { addControls, type RequestLog } from './api/controls.ts'
import { StripeAnswer } from './errors.ts'
import { parseForm } from './api/form.ts'
import { addFrame } from './browser/frame.ts'
import { Keys } from './api/idempotency.ts'
import { addOwnForm } from './browser/own-form.ts'
import { addMethodControls } from './api/method-controls.ts'
import { openJudge, type Judge, type Judged } from './judge/judge.ts'
import { checkKey, Load, refuseFirst } from './api/refusals.ts'
import { runCall, type Answer } from './api/run-call.ts'
import { StripeState } from './behavior/state.ts'
import { Webhooks, type WebhookTarget } from './api/webhooks.ts'

export interface StripeSimulator {
  url: string
  /** Sets the endpoint for events. May be called later. */
  sendEventsTo(target: WebhookTarget): void
  /** The bodies that were validated against the vendor's published types so far. */
  judged: Judged
  close(): Promise<void>
}

/** A received request. */
export interface HeardRequest {
  method: string
  path: string
  /** The parsed form: the query of a GET, otherwise the body. */
  form: string
  authorization: string
  userAgent: string
}

/** Observers that are called with each request and each response. */
export interface Listener {
  request(heard: HeardRequest): void
  answer(heard: HeardRequest, status: number, body: unknown): void
}

interface Parts {
  state: StripeState
  keys: Keys
  load: Load
  faults: Faults
  webhooks: Webhooks
  log: RequestLog
  judge: Judge | undefined
  listener: Listener | undefined
}

export interface StripeSimulatorOptions {
  folder: string
  port?: number
  /** Whether bodies are validated against the vendor's published types. `if-cached`: only if the schema is cached. */
  judge?: boolean | 'if-cached'
  listener?: Listener | undefined
}

/** Starts the Stripe simulator: the part of its HTTP API that we use, with state in `folder`, and its card form. */
export async function startStripeSimulator(options: StripeSimulatorOptions): Promise<StripeSimulator> {
  const judge = await openJudge(options.judge ?? false)
  const state = new StripeState(join(options.folder, 'stripe.jsonl'))
  let target: WebhookTarget | undefined
  const parts: Parts = {
    state,
    keys: new Keys(state),
    load: new Load(state),
    faults: new Faults(),
    webhooks: new Webhooks(state, () => target, judge),
    log: [],
    judge,
    listener: options.listener,
  }
  const app: SimulatorApp = new Hono()
  app.all('/v1/*', (c) => answerCall(c, parts))
  addControls(app, parts)
  addMethodControls(app, parts)
  addChallenge(app, parts)
  addOwnForm(app, parts)
  addFrame(app, state)
  const { url, close } = await listen(app, options.port)
  return {
    url,
    judged: judge?.judged ?? { bodies: 0, violations: [] },
    sendEventsTo: (wanted) => {
      target = wanted
    },
    async close() {
      parts.webhooks.stop()
      await close()
      state.journal.close()
    },
  }
}

async function answerCall(c: SimulatorContext, parts: Parts): Promise<Response> {
  const method = c.req.method
  const url = new URL(c.req.url)
  const body = method === 'GET' ? url.search.slice(1) : await c.req.text()
  const key = c.req.header('Idempotency-Key')
  const about = isAbout(parts.state.journal, { path: url.pathname, key: key ?? null, body })
  const fault = parts.faults.take(method, url.pathname, about)
  const entry: RequestLog[number] = {
    method,
    path: url.pathname,
    key: key ?? null,
    status: 0,
    valid: true,
    violations: [],
  }
  parts.log.push(entry)
  const found = findCall(method, url.pathname)
  const input = parseForm(body)
  const call = found?.call ?? { method, path: url.pathname }
  if (!found?.call.publishable) entry.input = input
  note(entry, parts.judge?.request(call, input))
  const heard = heardFrom(c, url.pathname, body)
  parts.listener?.request(heard)
  if (fault?.fault === 'lose_request') return holdUntilGivenUp(c)
  if (fault?.fault === 'reset') return cut(c)
  const answer = await carryOut(c, parts, { method, path: url.pathname, body, input, key, found }, fault)
  entry.status = answer.status
  note(entry, answer.violations)
  note(entry, parts.judge?.answer(call, answer.status, answer.body, input.expand))
  parts.listener?.answer(heard, answer.status, answer.body)
  if (fault?.advance_seconds) {
    parts.state.advance(fault.advance_seconds)
    parts.webhooks.deliveries.clockMoved()
  }
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Request-Id', parts.state.newId('req'))
  if (answer.replayed) c.header('Idempotent-Replayed', 'true')
  return c.json(answer.body as object, answer.status as ContentfulStatusCode)
}

const heardFrom = (c: SimulatorContext, path: string, form: string): HeardRequest => ({
  method: c.req.method,
  path,
  form,
  authorization: c.req.header('Authorization') ?? '',
  userAgent: c.req.header('User-Agent') ?? '',
})

function note(entry: RequestLog[number], violations: string[] = []): void {
  entry.violations.push(...violations)
  entry.valid = entry.violations.length === 0
}

interface Request {
  method: string
  path: string
  body: string
  input: Record<string, unknown>
  key: string | undefined
  found: ReturnType<typeof findCall>
}

async function carryOut(
  c: SimulatorContext,
  parts: Parts,
  request: Request,
  fault: Fault | undefined,
): Promise<Answer> {
  const print = Keys.request(request.method, request.path, request.body)
  const { found } = request
  try {
    refuseFirst(c.req.header('Authorization'), fault)
    parts.load.count()
    if (!found)
      throw new StripeAnswer(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${request.method}: ${request.path}).`,
      })
    checkKey(c.req.header('Authorization'), found.call)
    const saved = request.method === 'POST' && request.key ? parts.keys.begin(request.key, print) : undefined
    if (saved) return { ...saved, replayed: true }
    try {
      const answer = await parts.load.changing(request.method === 'GET' ? '' : found.id, async () => {
        await delay(fault)
        return runCall(parts, found, request.input, fault)
      })
      const { status, body, kept } = answer
      if (request.method === 'POST' && request.key && kept) parts.keys.save(request.key, print, { status, body })
      return answer
    } finally {
      if (request.key) parts.keys.end(request.key)
    }
  } catch (error) {
    if (error instanceof StripeAnswer) return { status: error.status, body: error.body }
    throw error
  }
}
