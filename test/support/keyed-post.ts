import type { Answer } from './answer.ts'
import type { World } from './world/world.ts'

/** Makes a POST request to the native API with an `Idempotency-Key`. */
export const keyedPost = (world: World, path: string, key: string, body: object): Promise<Answer> =>
  world.request(path, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${world.seeds.secret_key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    },
    body: JSON.stringify(body),
  })
