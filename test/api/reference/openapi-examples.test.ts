import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  document,
  initOf,
  operations,
  requestOf,
  undocumented,
  withKey,
  type Documented,
} from '../../support/documented/documented.ts'
import { scenes, type SceneName } from '../../support/documented/scenes.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// `npm run examples` writes the answers that the document shows; otherwise they are compared with it.

const file = new URL('../../../api/reference/answers.json', import.meta.url)
/** The scene of each operation, the first one in which it succeeds. An operation that is missing tries all of them. */
const scenesFile = new URL('./scenes.json', import.meta.url)
const sceneOf = JSON.parse(readFileSync(scenesFile, 'utf8')) as Record<string, SceneName>
const recording = process.env.RECORD_EXAMPLES === '1'
const recorded: Record<string, { status: number; body: unknown }> = {}
let world: World
beforeAll(async () => {
  // Without a worker nothing moves by itself between a scene and the call.
  world = await createWorld({ worker: false, paypal: true })
})
afterAll(async () => {
  await world.close()
  if (!recording) return
  writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`)
  writeFileSync(scenesFile, `${JSON.stringify(sceneOf, null, 2)}\n`)
})

const sceneNames = Object.keys(scenes) as SceneName[]

async function send(documented: Documented): Promise<Answer> {
  const id = documented.operation.operationId
  const known = recording ? undefined : sceneOf[id]
  let answer: Answer | undefined
  for (const name of known ? [known] : sceneNames) {
    const values = await scenes[name](world)
    // It has the histories of the runs that Temporal lists, which lag.
    if (id === 'getEvidence') await world.runsOf(values.bc!)
    const request = withKey(requestOf(documented, values), documented.credential, world.seeds.secret_key)
    answer = await world.request(request.path, initOf(request))
    sceneOf[id] = name
    if (answer.status < 300) break
  }
  return answer!
}

/** What is another at every run made the same; what is only one line of a list is enough. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(plain)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]))
  if (typeof value !== 'string') return value
  return value
    .replaceAll(world.apiUrl, 'https://billing.example.com')
    .replace(/token=[\w-]{43}/g, 'token=…')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'https://vendor.example.com')
    .replace(/_secret_\w+/g, '_secret_…')
    .replace(/whsec_[\w+/=]+/g, 'whsec_…')
    .replace(/\b(seti|cus|pm|pi)_1[0-9A-Za-z]{23}(?=\b|_)/g, '$1_1Q8rT2eZvKYlo2C')
    .replace(/\b([a-z]+)_[0-9a-z]{26}\b/g, '$1_01k2j0q8e5f7g9h1j3k5m7n9p1')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '12345')
    .replace(/([sp]k_(?:test|live)_)[\w-]{43}/g, '$1…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-21T09:00:00.000Z')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-11-21 09:00:00')
}

/** Names and types, whatever the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf)
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]))
}

test.each(operations.map((documented) => [documented.operation.operationId, documented] as const))(
  'the example of %s returns the documented response',
  async (id, documented) => {
    const answer = await send(documented)
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: expect.toSatisfy((status) => status < 300) })
    expect(undocumented(documented, answer)).toBeUndefined()
    const body = plain(answer.body)
    recorded[id] = { status: answer.status, body }
    if (recording) return
    const shown = documented.operation.responses[answer.status]?.content?.['application/json']?.example
    expect(shapeOf(shown ?? ''), 'npm run examples writes what is shown').toEqual(shapeOf(body))
  },
)

test('operations have unique ids, a documented tag, and error responses', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const explained = (document as unknown as { tags: { name: string; description: string }[] }).tags.map(
    ({ name }) => name,
  )
  for (const { operation, credential } of operations) {
    expect(explained, operation.operationId).toContain((operation as unknown as { tags: string[] }).tags[0])
    const needed = ['500', '503', '404', ...(credential === 'link' ? [] : ['400', '401', '403', '429'])]
    expect(Object.keys(operation.responses), operation.operationId).toEqual(expect.arrayContaining(needed))
  }
})

test('every documented response belongs to an existing operation', () => {
  const shown = Object.keys(JSON.parse(readFileSync(file, 'utf8')) as object)
  shown.push(...Object.keys(sceneOf))
  expect(shown.filter((id) => !operations.some(({ operation }) => operation.operationId === id))).toEqual([])
})
