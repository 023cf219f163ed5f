import { randomUUID } from 'node:crypto'
import type { Answer } from './answer.ts'
import { until } from './until.ts'
import type { World } from './world/world.ts'

/** Makes a POST request to the native API with an `Idempotency-Key`. */
export const keyedPost = (
  world: World,
  path: string,
  key: string,
  body: object,
  apiKey = world.seeds.secret_key,
): Promise<Answer> =>
  world.request(path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${apiKey}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    },
    body: JSON.stringify(body),
  })

/** Makes a POST request until it is served, as callers must: each attempt has the same `Idempotency-Key`. */
export function postUntilServed(world: World, path: string, body: object, apiKey: string): Promise<Answer> {
  const key = randomUUID()
  return until(
    () => keyedPost(world, path, key, body, apiKey),
    ({ status, body }) => status !== 503 && body.code !== 'idempotency_in_progress',
  )
}

/** Forgets the response of a call, as if the API process had been killed before it stored it. */
export const forgetResponse = (world: World, key: string) =>
  world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`

/** Makes a call, forgets its response, and makes the call again with the same Idempotency-Key. */
export async function twice(
  world: World,
  path: string,
  body: object,
  between: () => Promise<unknown> = async () => {},
  key: string = randomUUID(),
): Promise<[first: Answer, again: Answer]> {
  const first = await keyedPost(world, path, key, body)
  await forgetResponse(world, key)
  await between()
  return [first, await keyedPost(world, path, key, body)]
}
