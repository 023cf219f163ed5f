import { setTimeout as sleep } from 'node:timers/promises'
import { percentile } from '../measure.ts'
import type { LiveStack } from './stack.ts'

/** The lists that callers read most, with their filters. */
const lists = [
  '/v1/customers?limit=100',
  '/v1/billing_customers?limit=100',
  '/v1/billing_customers?limit=100&onboarding_status=pending&blocked_on=customer',
  '/v1/billing_customers?limit=100&blocked_on=operator',
  '/v1/events?limit=100',
]
const callsOfEach = 20

async function timed({ apiUrl, seeds }: LiveStack, path: string) {
  const began = performance.now()
  const response = await fetch(`${apiUrl}${path}`, { headers: { Authorization: `Bearer ${seeds.secret_key}` } })
  const bytes = (await response.text()).length
  return { took: performance.now() - began, bytes, status: response.status }
}

const rounded = (value: number) => Math.round(value * 10) / 10
const spread = (times: number[]) => ({ p50: rounded(percentile(times, 0.5)), p95: rounded(percentile(times, 0.95)) })

/** Reads the first page of each list. Returns milliseconds, and the bytes of a page. */
export async function measureLists(stack: LiveStack) {
  const measured: Record<string, { p50: number; p95: number; bytes: number }> = {}
  for (const path of lists) {
    const calls = []
    for (let i = 0; i < callsOfEach; i++) calls.push(await timed(stack, path))
    const failed = calls.find(({ status }) => status !== 200)
    if (failed) throw new Error(`${path} returned ${failed.status}`)
    measured[path] = { ...spread(calls.map(({ took }) => took)), bytes: calls[0]!.bytes }
  }
  return measured
}

/** Makes a call each half second until it is stopped, which returns milliseconds, and how many calls failed. */
export function callMeanwhile(stack: LiveStack): () => Promise<{ p50: number; p95: number; failed: number }> {
  const times: number[] = []
  let failed = 0
  let isStopped = false
  const calling = (async () => {
    for (; !isStopped; await sleep(500)) {
      const { took, status } = await timed(stack, '/v1/customers?limit=1')
      times.push(took)
      if (status !== 200) failed++
    }
  })()
  return async () => {
    isStopped = true
    await calling
    return { ...spread(times), failed }
  }
}
