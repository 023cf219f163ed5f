import { StripeAnswer } from '../errors.ts'
import type { StripeState } from '../behavior/state.ts'

export const tooMany = () =>
  new StripeAnswer(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many requests' })

// github.com/stripe/stripe-node/issues/2056; docs.stripe.com/rate-limits#object-lock-timeouts
export const lockTimeout = () =>
  new StripeAnswer(429, {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message:
      'This object cannot be accessed right now because another API request or Stripe process is currently ' +
      'accessing it. If you see this error intermittently, retry the request. If you see this error frequently ' +
      'and are making multiple concurrent requests to a single object, make your requests serially or at a ' +
      'lower rate.',
  })

/** Counts calls by the second, and remembers which objects are being changed. */
export class Load {
  private readonly state: StripeState
  private readonly locked = new Set<string>()
  private second = 0
  private calls = 0
  constructor(state: StripeState) {
    this.state = state
  }

  /** Throws 429 if the account accepts no more calls in this second. */
  count(): void {
    const most = this.state.journal.get<number | null>('settings', 'calls_per_second')
    const second = Math.floor(Date.now() / 1000)
    if (second !== this.second) this.calls = 0
    this.second = second
    if (most && ++this.calls > most) throw tooMany()
  }

  /** Runs a call that changes an object. Throws `lock_timeout` if another call is changing it. */
  async changing<T>(id: string, run: () => Promise<T>): Promise<T> {
    if (!id || !this.state.journal.get<boolean>('settings', 'lock_objects')) return run()
    if (this.locked.has(id)) throw lockTimeout()
    this.locked.add(id)
    try {
      return await run()
    } finally {
      this.locked.delete(id)
    }
  }
}
