import { rmSync } from 'node:fs'
import { afterEach, beforeEach } from 'vitest'
import { startPayPalSimulator, type PayPalSimulator } from '../../../tools/simulators/paypal/server.ts'
import { ask, saying, type Answer } from '../answer.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { controlsOf } from '../world/simulator.ts'

/** The PayPal simulator of the test that runs, with nothing in it, and its folder. */
export let simulator: PayPalSimulator
export let folder: string

/** Each test of the file gets one. */
export function eachWithPayPal(): void {
  beforeEach(async () => {
    folder = temporaryFolder('simulator')
    simulator = await startPayPalSimulator({ folder })
  })
  afterEach(async () => {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** What it answered for is on disk: the next simulator goes on with it. `meanwhile` happens while there is none. */
export async function restartSimulator(meanwhile: () => void): Promise<void> {
  await simulator.close()
  meanwhile()
  simulator = await startPayPalSimulator({ folder })
}

/** Says something to it beside PayPal's API; without a body it is asked. */
export const control = async (path: string, body?: object): Promise<Answer['body']> =>
  (await ask(`${simulator.url}/_sim/${path}`, saying(body))).body
export const fault = (path: string, kind: string, more: object = {}) =>
  control('faults', { match: { method: 'POST', path }, times: 1, fault: kind, ...more })
export const hold = (path: string) => controlsOf(simulator.url).hold(path)
export const ledger = () => control('ledger')
export const charges = async (): Promise<Answer['body'][]> => (await ledger()).charges
/** What was wrong with anything that was asked, answered or told by events, by PayPal's documents. */
export const violations = async (): Promise<string[]> => {
  const { requests, events } = await control('requests')
  return [...requests, ...events].flatMap(({ violations }: { violations: string[] }) => violations)
}
export const requests = async (): Promise<
  { method: string; path: string; status: number; violations: string[]; note?: string }[]
> => (await control('requests')).requests
