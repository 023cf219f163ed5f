import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { createWorld, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment with PayPal. */
export function withConflicts(): void {
  beforeAll(async () => {
    world = await createWorld({ paypal: true, longestRetryPause: 300 })
  })
  afterAll(() => world.close())
}

export const post = (path: string, body?: object) => world.asNative('POST', path, body)
export const externalId = () => `usr_${randomUUID()}`
