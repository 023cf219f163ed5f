import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isAbout, type Faults } from '../../faults.ts'
import { cut, holdUntilGivenUp, type SimulatorContext } from '../../listen.ts'
import type { PayPalAccounts } from '../accounts/accounts.ts'
import { newDebugId } from '../errors.ts'
import type { Exchange } from '../judge/judge.ts'
import { executeCall, type Answer } from './execute-call.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'

export interface Parts {
  accounts: PayPalAccounts
  faults: Faults
  webhooks: Webhooks
  log: Exchange[]
}

/** Answers a call of the vendor's API. The account of its client is the only one that the call sees. */
export async function answerCall(c: SimulatorContext, parts: Parts): Promise<Response> {
  const { pathname, search } = new URL(c.req.url)
  const { accounts } = parts
  const account = accounts.callerOf(c.req.header('Authorization'))
  const { state } = account
  const exchange: Exchange = {
    method: c.req.method,
    path: pathname,
    query: search.slice(1),
    headers: c.req.header(),
    body: await c.req.text(),
    key: c.req.header('PayPal-Request-Id') ?? null,
    account: state.id,
    status: 0,
  }
  exchange.cross_account = accounts.isOfAnother(account, idsIn(exchange))
  parts.log.push(exchange)
  const about = isAbout(state.journal, exchange)
  const fault = parts.faults.take(exchange.method, pathname, about, [state.id, state.name])
  if (fault?.fault === 'lose_request') return holdUntilGivenUp(c)
  if (fault?.fault === 'reset') return cut(c)
  const answer: Answer = await executeCall({ ...account, webhooks: parts.webhooks }, exchange, fault)
  exchange.status = answer.status
  exchange.answer = answer.body
  if (fault?.advance_seconds) state.advance(fault.advance_seconds)
  if (fault?.fault === 'lose_answer') return holdUntilGivenUp(c)
  c.header('Paypal-Debug-Id', newDebugId())
  return answer.body ? c.json(answer.body, answer.status as ContentfulStatusCode) : c.body(null, 204)
}

/** Returns the ids of objects that a request names. */
const idsIn = ({ path, query, body }: Exchange): string[] => `${path} ${query} ${body}`.match(/[\dA-Za-z-]{8,}/g) ?? []
