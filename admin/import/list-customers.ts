import { setTimeout as sleep } from 'node:timers/promises'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { ListedCustomer, PaymentGateway } from '../../gateways/gateway.ts'

/** Milliseconds before the first repeat of a call, and the longest pause. */
const firstPause = 500
const longestPause = 32_000
/** Customers after which progress is reported. */
const progressEvery = 1_000

type Lister = Required<Pick<PaymentGateway, 'listCustomers'>>

/**
 * Reads all customers of an account, page by page. A page that exceeds the gateway's rate limit, or gets no answer, is
 * read again after growing pauses of at most 32 seconds. Throws if the gateway still does not answer.
 */
export async function* listAllCustomers(
  gateway: Lister,
  report: (count: number) => void,
): AsyncGenerator<ListedCustomer[]> {
  let after: string | undefined
  let count = 0
  for (;;) {
    const { customers, next } = await patiently(() => gateway.listCustomers(after))
    const before = count
    count += customers.length
    if (Math.floor(before / progressEvery) !== Math.floor(count / progressEvery)) report(count)
    yield customers
    if (next === null) return
    after = next
  }
}

async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let pause = firstPause; ; pause *= 2) {
    try {
      return await read()
    } catch (error) {
      if (isGatewayError(error, 'refused'))
        throw new Error('the gateway rejects the key of the account: it must be able to read customers', {
          cause: error,
        })
      if (!isGatewayError(error, 'not_now', 'unknown')) throw error
      if (pause > longestPause)
        throw new Error('the gateway does not answer; run the command again later', { cause: error })
      await sleep(pause)
    }
  }
}
