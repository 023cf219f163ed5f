import { rmSync } from 'node:fs'
import { afterEach, beforeEach } from 'vitest'
import { startPayPalSimulator, type PayPalSimulator } from '../../../tools/simulators/paypal/server.ts'
import { ask, saying, type Answer } from '../answer.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { controlsOf } from '../world/simulator.ts'

/** The PayPal simulator of the current test, empty at the start, and its folder. */
export let simulator: PayPalSimulator
export let folder: string

/** Gives each test of the file an empty PayPal simulator. */
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

/** Restarts the simulator with its data from disk. `meanwhile` runs while it is down. */
export async function restartSimulator(meanwhile: () => void): Promise<void> {
  await simulator.close()
  meanwhile()
  simulator = await startPayPalSimulator({ folder })
}

/** Calls a control of the simulator: POST with a body, otherwise GET. */
export const control = async (path: string, body?: object): Promise<Answer['body']> =>
  (await ask(`${simulator.url}/_sim/${path}`, saying(body))).body
export const fault = (path: string, kind: string, more: object = {}) =>
  control('faults', { match: { method: 'POST', path }, times: 1, fault: kind, ...more })
export const hold = (path: string) => controlsOf(simulator.url).hold(path)
export const ledger = () => control('ledger')
export const charges = async (): Promise<Answer['body'][]> => (await ledger()).charges
/** Returns the violations of PayPal's documents by requests, responses and events. */
export const violations = async (): Promise<string[]> => {
  const { requests, events } = await control('requests')
  return [...requests, ...events].flatMap(({ violations }: { violations: string[] }) => violations)
}
export const requests = async (): Promise<
  { method: string; path: string; status: number; violations: string[]; note?: string }[]
> => (await control('requests')).requests
