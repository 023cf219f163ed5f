import { afterAll, beforeAll } from 'vitest'
import { createWorld, type Answer, type World } from '../world/world.ts'

export let world: World

/** Gives the file a test environment. */
export function withSizes(): void {
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())
}

export type Metadata = Record<string, unknown>

export const keys = (count: number, length = 1, name = 'key'): Metadata =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}_${i}`, 'x'.repeat(length)]))

/** 9 keys are too many bytes, 8 are not. */
export const large = (count: number, name?: string) => keys(count, 3900, name)

/** How the doors name what is wrong: the field, and what would be right. */
export const refusalOf = ({ body }: Answer): string =>
  body.errors?.[0]?.message
    ? `${body.errors[0].param}: ${body.errors[0].message}`
    : (body.errors?.[0] ?? `${body.error?.param ?? Object.keys(body.details ?? {})[0]}: ${JSON.stringify(body)}`)
