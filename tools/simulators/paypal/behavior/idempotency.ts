import { createHash } from 'node:crypto'
import { PayPalAnswer, refused } from '../errors.ts'
import type { PayPalState } from './state.ts'

// developer.paypal.com/reference/guidelines/idempotency: while the API stores an id, a repeated id returns the LATEST
// status of the first request's object. Of two concurrent requests the second may fail.

const hour = 3600
const keptFor = { vault: 3 * hour, orders: 6 * hour, payments: 45 * 24 * hour }
export type Api = keyof typeof keptFor

/** The outcome of a request: an object or a decline. */
export type Outcome = { made: string } | { status: number; body: object }
type Saved = Outcome & { request: string; at: number }

/** The vendor's store of request ids. Each API has one for all its calls. */
export class RequestIds {
  private readonly state: PayPalState
  private readonly running = new Set<string>()
  constructor(state: PayPalState) {
    this.state = state
  }

  static request(method: string, path: string, body: string): string {
    return createHash('sha256').update(`${method} ${path} ${body}`).digest('hex')
  }

  /** Returns the stored outcome of an id. Returns undefined if the call must run, and then reserves the id. */
  begin(api: Api, id: string, request: string): Outcome | undefined {
    if (this.running.has(`${api} ${id}`)) throw inProgress()
    const saved = this.state.journal.get<Saved>('request_ids', `${api} ${id}`)
    if (saved && saved.at + keptFor[api] > this.state.now()) {
      if (saved.request !== request) throw refused('PAYPAL_REQUEST_ID_PREVIOUSLY_USED')
      return saved
    }
    this.running.add(`${api} ${id}`)
    return undefined
  }

  save(api: Api, id: string, request: string, outcome: Outcome): void {
    this.state.journal.put('request_ids', `${api} ${id}`, { request, ...outcome, at: this.state.now() } satisfies Saved)
  }

  end(api: Api, id: string): void {
    this.running.delete(`${api} ${id}`)
  }
}

export const inProgress = () => new PayPalAnswer(409, [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }])
