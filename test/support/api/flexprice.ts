import { afterAll, beforeAll } from 'vitest'
import { callDoor, doors } from '../doors.ts'
import { createWorld, type World } from '../world/world.ts'

export let world: World
export const call = (method: string, path: string, body?: object) => callDoor(world, 'flexprice', method, path, body)
export const { refusal } = doors.flexprice
let number = 0

/** Gives the file a test environment without a worker. */
export function withFlexPrice(): void {
  beforeAll(async () => {
    world = await createWorld({ worker: false })
  })
  afterAll(() => world.close())
}

export const newExternalId = () => `user_${++number}`
export const create = async (more: object = {}) =>
  (await call('POST', '', { external_id: newExternalId(), ...more })).body
