import { createHash } from 'node:crypto'
import { invalidRequest, StripeAnswer } from '../errors.ts'
import type { StripeState } from '../behavior/state.ts'

// docs.stripe.com/api/idempotent_requests: the first response is stored once execution has started, including failures;
// parameters are compared; a key in use is rejected; keys may be removed after a day.

interface Saved {
  request: string
  status: number
  body: unknown
  at: number
}

const keptFor = 24 * 3600

/** The vendor's store of idempotency keys. */
export class Keys {
  private readonly state: StripeState
  private readonly running = new Set<string>()
  constructor(state: StripeState) {
    this.state = state
  }

  static request(method: string, path: string, body: string): string {
    return createHash('sha256').update(`${method} ${path} ${body}`).digest('hex')
  }

  /** Returns the stored response of a key. Returns undefined if the call must run, and then reserves the key. */
  begin(key: string, request: string): { status: number; body: unknown } | undefined {
    if (this.running.has(key)) throw inUse()
    const saved = this.state.journal.get<Saved>('keys', key)
    if (saved && saved.at + keptFor > this.state.now()) {
      if (saved.request !== request) throw reused()
      return saved
    }
    this.running.add(key)
    return undefined
  }

  save(key: string, request: string, answer: { status: number; body: unknown }): void {
    this.state.journal.put('keys', key, { request, ...answer, at: this.state.now() } satisfies Saved)
  }

  end(key: string): void {
    this.running.delete(key)
  }
}

export const inUse = () =>
  new StripeAnswer(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotency Key.',
  })

const reused = () =>
  new StripeAnswer(400, {
    ...invalidRequest('').body.error,
    type: 'idempotency_error',
    message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
  })
