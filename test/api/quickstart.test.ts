import { once } from 'node:events'
import { execFileSync, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('types are made of openapi.json, the quickstart compiles with them and brings a customer to the end', async () => {
  // In the project's folder: these programs are no modules to resolve.
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  node('node_modules/openapi-typescript/bin/cli.js', 'openapi.json', '--output', 'examples/api-types.ts')
  node('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'examples/tsconfig.json')

  const { secret_key, org_id, brand_id } = world.seeds
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'examples/quickstart.ts'], {
    cwd: root,
    env: { ...process.env, API_URL: world.apiUrl, API_KEY: secret_key, ORG_ID: org_id, BRAND_ID: brand_id },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)))
  const ended = once(child, 'exit')
  await until(() => /customer: (http\S+)/.test(said) || child.exitCode !== null)
  const url = /customer: (http\S+)/.exec(said)?.[1]
  expect(url, said).toBeDefined()
  await world.pageOf(url!).submitCard()
  expect(await ended, said).toEqual([0, null])
  expect(said).toMatch(/bc_\w{26} is active\n$/)
})
