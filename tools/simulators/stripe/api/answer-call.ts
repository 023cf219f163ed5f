import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { delay, isAbout, type Fault } from '../../faults.ts'
import { cut, holdUntilGivenUp, type SimulatorContext } from '../../listen.ts'
import type { Caller } from '../accounts/accounts.ts'
import { Keys } from '../accounts/idempotency.ts'
import { StripeAnswer } from '../errors.ts'
import type { Listener } from '../listener.ts'
import { findCall } from './calls.ts'
import type { Controlled, RequestLog } from './controls.ts'
import { parseForm } from './form.ts'
import { checkKey, refuseFirst } from './refusals.ts'
import { runCall, type Answer } from './run-call.ts'

export interface Parts extends Controlled {
  listener: Listener | undefined
}

interface Request {
  method: string
  path: string
  body: string
  input: Record<string, unknown>
  key: string | undefined
  found: ReturnType<typeof findCall>
  caller: Caller
}

/** Answers a call of the vendor's API. The account of its key is the only one that the call sees. */
export async function answerCall(c: SimulatorContext, parts: Parts): Promise<Response> {
  const request = await readRequest(c, parts)
  const { method, path, input, found } = request
  const { state } = request.caller.account
  const about = isAbout(state.journal, { path, key: request.key ?? null, body: request.body })
  const fault = parts.faults.take(method, path, about, [state.id])
  const entry = newEntry(request)
  parts.log.push(entry)
  const call = found?.call ?? { method, path }
  note(entry, parts.judge?.request(call, input))
  const heard = {
    method,
    path,
    form: request.body,
    authorization: c.req.header('Authorization') ?? '',
    userAgent: c.req.header('User-Agent') ?? '',
  }
  parts.listener?.request(heard)
  if (fault?.fault === 'lose_request') return holdUntilGivenUp(c)
  if (fault?.fault === 'reset') return cut(c)
  const answer = await carryOut(parts, request, fault)
  entry.status = answer.status
  entry.cross_account = isCrossAccount(parts, request, answer)
  note(entry, answer.violations)
  note(entry, parts.judge?.answer(call, answer.status, answer.body, input.expand))
  parts.listener?.answer(heard, answer.status, answer.body)
  if (fault?.advance_seconds) {
    state.advance(fault.advance_seconds)
    parts.webhooks.deliveries.clockMoved()
  }
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Request-Id', state.newId('req'))
  if (answer.replayed) c.header('Idempotent-Replayed', 'true')
  return c.json(answer.body as object, answer.status as ContentfulStatusCode)
}

async function readRequest(c: SimulatorContext, { accounts }: Parts): Promise<Request> {
  const { method } = c.req
  const { pathname: path, search } = new URL(c.req.url)
  const body = method === 'GET' ? search.slice(1) : await c.req.text()
  const caller = accounts.callerOf(c.req.header('Authorization') ?? '', path, c.req.header('Stripe-Account'))
  const [key, found] = [c.req.header('Idempotency-Key'), findCall(method, path)]
  return { method, path, body, input: parseForm(body), key, found, caller }
}

const newEntry = ({ method, path, key, input, found, caller }: Request): RequestLog[number] => ({
  method,
  path,
  key: key ?? null,
  account: caller.account.state.id,
  status: 0,
  valid: true,
  violations: [],
  ...(found?.call.publishable ? {} : { input }),
})

function note(entry: RequestLog[number], violations: string[] = []): void {
  entry.violations.push(...violations)
  entry.valid = entry.violations.length === 0
}

/** Returns whether a call names an account, or an object of an account, that is not the caller's. */
function isCrossAccount({ accounts }: Parts, { path, input, caller }: Request, { body }: Answer): boolean {
  const { code } = (body as { error?: { code?: string } }).error ?? {}
  return code === 'account_invalid' || accounts.isOfAnother(caller.account, idsIn([path.split('/'), input]))
}

/** Returns the ids of objects in parameters. */
function idsIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(idsIn)
  const [id = ''] = String(value).split('_secret_')
  return /^(?!acct_)[a-z]{2,10}_\w{10,}$/.test(id) ? [id] : []
}

async function carryOut(parts: Parts, request: Request, fault: Fault | undefined): Promise<Answer> {
  const { method, path, body, input, key, found, caller } = request
  const { state, keys, load } = caller.account
  const print = Keys.request(method, path, body)
  try {
    const apiKey = refuseFirst(caller, fault)
    load.count()
    if (!found)
      throw new StripeAnswer(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${method}: ${path}).`,
      })
    checkKey(apiKey, found.call, state.id, input)
    const saved = method === 'POST' && key ? keys.begin(key, print) : undefined
    if (saved) return { ...saved, replayed: true }
    try {
      const answer = await load.changing(method === 'GET' ? '' : found.id, async () => {
        await delay(fault)
        return runCall({ state, webhooks: parts.webhooks }, found, input, fault)
      })
      const { status, body: answered, kept } = answer
      if (method === 'POST' && key && kept) keys.save(key, print, { status, body: answered })
      return answer
    } finally {
      if (key) keys.end(key)
    }
  } catch (error) {
    if (error instanceof StripeAnswer) return { status: error.status, body: error.body }
    throw error
  }
}
