import { createHash } from 'node:crypto'
import { PayPalAnswer, refused } from '../errors.ts'
import type { PayPalState } from './state.ts'

// developer.paypal.com/reference/guidelines/idempotency: a repeated id answers the LATEST status of what the first request
// made, for as long as the API keeps ids; of two at once the second may fail.

const hour = 3600
const keptFor = { vault: 3 * hour, orders: 6 * hour, payments: 45 * 24 * hour }
export type Api = keyof typeof keptFor

/** What a request came to: an object, or a decline. */
export type Outcome = { made: string } | { status: number; body: object }
type Saved = Outcome & { request: string; at: number }

/** The vendor's memory of request ids: one for each API, over all its calls. */
export class RequestIds {
  private readonly state: PayPalState
  private readonly running = new Set<string>()
  constructor(state: PayPalState) {
    this.state = state
  }

  static request(method: string, path: string, body: string): string {
    return createHash('sha256').update(`${method} ${path} ${body}`).digest('hex')
  }

  /** What an id stands for; undefined where the call is to be carried out, which then has the id to itself. */
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
