import { afterAll, beforeAll } from 'vitest'
import { createWorld, type Answer, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment without a worker. */
export function withDoors(): void {
  beforeAll(async () => {
    world = await createWorld({ worker: false })
  })
  afterAll(() => world.close())
}

/** What a door says of the first wrong field: `metadata.a: must …`, whatever its own shape. */
export function said({ body }: Answer): string {
  if (body.errors?.[0]?.param) return `${body.errors[0].param}: ${body.errors[0].message}`
  if (typeof body.errors?.[0] === 'string') return body.errors[0]
  if (body.details) return Object.entries(body.details).map(([name, message]) => `${name}: ${message}`)[0]!
  if (body.error?.param) return `${body.error.param}: ${body.error.message.replace(`${body.error.param} `, '')}`
  return JSON.stringify(body)
}

export const native = (path: string) => world.asNative('GET', path)
