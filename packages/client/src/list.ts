import type { BillingClient } from './calls.ts'

interface Page {
  data: unknown[]
  has_more: boolean
  next_cursor: string | null
}
interface Options {
  params?: { query?: Record<string, unknown> }
}

/** Returns the function that iterates over the records of a list, page by page. */
export function listWith(get: BillingClient['get']): BillingClient['list'] {
  const getPage = get as unknown as (path: string, options: Options) => Promise<Page>
  async function* list(path: string, options: Options = {}): AsyncGenerator<unknown, void> {
    const { params } = options
    let cursor: string | null | undefined = params?.query?.cursor as string | undefined
    do {
      const query = { limit: 100, ...params?.query, ...(cursor ? { cursor } : {}) }
      const page = await getPage(path, { ...options, params: { ...params, query } })
      yield* page.data
      cursor = page.has_more ? page.next_cursor : null
    } while (cursor)
  }
  return list as unknown as BillingClient['list']
}
