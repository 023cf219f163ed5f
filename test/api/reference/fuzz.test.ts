import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { operations, undocumented, type Values } from '../../support/documented/documented.ts'
import { requestsOf, type GeneratedRequest } from '../../support/documented/generated-requests.ts'
import { scenes } from '../../support/documented/scenes.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// `npm run fuzz -- --requests 20000 --seed 1` sends as many as you like.

const count = Number(process.env.FUZZ_REQUESTS ?? 800)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121)
const together = 8

let world: World
let values: Values
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true })
  values = { ...(await scenes.active(world)), ...(await scenes.unknownCharge(world)) }
})
afterAll(() => world.close())

/** What is wrong with an answer, if anything is. */
function complaint({ documented }: GeneratedRequest, answer: Answer): unknown {
  const { status, headers } = answer
  if ([500, 502, 504].includes(status)) return `status ${status}: ${JSON.stringify(answer.body)}`
  if (status === 503 && !(Number(headers.get('Retry-After')) > 0)) return '503 without Retry-After'
  return undocumented(documented, answer)
}

test(
  `${count} generated requests get documented responses, and no internal error`,
  { timeout: 120_000 + count * 120 },
  async () => {
    const shares = operations.map((each) => requestsOf(each, values, world.seeds.secret_key))
    const requests = fc.sample(fc.oneof(...shares), { numRuns: count, seed })
    const statuses: Record<number, number> = {}
    const complaints: string[] = []
    async function send(): Promise<void> {
      for (let request = requests.pop(); request; request = requests.pop()) {
        const { path, init, documented } = request
        const answer = await world.request(path, init)
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
        const wrong = complaint(request, answer)
        if (wrong !== undefined)
          complaints.push(
            `${init.method} ${path.slice(0, 300)} (${documented.operation.operationId}) ` +
              `${String(init.body).slice(0, 600)} -> ${JSON.stringify(wrong).slice(0, 600)}`,
          )
      }
    }
    await Promise.all(Array.from({ length: together }, send))
    console.log(`${count} requests, seed ${seed}: ${JSON.stringify(statuses)}`)
    expect(complaints.slice(0, 10)).toEqual([])
    // Some must get through, or nothing but the first check was tried.
    expect((statuses[200] ?? 0) + (statuses[201] ?? 0)).toBeGreaterThan(count / 20)
  },
)
