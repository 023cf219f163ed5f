import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../tools/local/folders.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { bulkOf, contactsFile, untilStatus } from './bulk.ts'

let world: World
const folder = temporaryFolder('bulk')
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const fileOf = (text: string, name = 'customers.csv') => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const admin = (name: string, options: Record<string, string>) =>
  world.admin(name, options) as Promise<Record<string, unknown> & { bulk: string }>
const onboard = (file: string, options: Record<string, string> = {}) => {
  const { org_id: organization } = world.seeds
  return admin('bulk-onboard', { file, organization, environment: 'sandbox', 'api-url': world.apiUrl, ...options })
}

test('bulk-onboard uploads a file, watches it until it is completed, and leaves no key behind', async () => {
  const { file } = contactsFile(world, 30)
  const answer = await onboard(fileOf(file), { 'rows-per-second': '100' })
  expect(answer).toMatchObject({ status: 'completed', rows: { total: 30, done: 30 } })
  expect(
    await world.sql`
    select 1 from api_keys where name like '%bulk-onboard%' and revoked_at is null`,
  ).toHaveLength(0)
})

test('a file with invalid rows is reported and not started; bulk-start can skip the rows', async () => {
  const { file } = contactsFile(world, 3)
  const path = fileOf(`${file}usr_bad,,bad\n`)
  const answer = await onboard(path)
  expect(answer).toMatchObject({ status: 'checked', errors: [{ row: 4, line: 5, param: 'email' }] })
  await expect(admin('bulk-start', { bulk: answer.bulk })).rejects.toThrow('must be skip')
  expect(await admin('bulk-start', { bulk: answer.bulk, 'on-invalid': 'skip' })).toMatchObject({ status: 'running' })
  expect((await admin('bulk-watch', { bulk: answer.bulk })).status).toBe('completed')
})

test('operators pause, change the pace, resume and cancel; the event names them', async () => {
  const { file } = contactsFile(world, 200)
  const { bulk } = await onboard(fileOf(file), { 'dry-run': 'true' })
  await admin('bulk-start', { bulk })
  expect(await admin('bulk-pause', { bulk, operator: 'Ada' })).toMatchObject({ status: 'paused' })
  expect(await admin('bulk-rate', { bulk, 'rows-per-second': '7' })).toMatchObject({ rows_per_second: 7 })
  expect(await admin('bulk-resume', { bulk })).toMatchObject({ status: 'running' })
  expect(await admin('bulk-cancel', { bulk })).toMatchObject({ status: 'canceled' })
  expect((await bulkOf(world, bulk)).rows.ready).toBe(0)
  const listed = await admin('list-bulk-onboardings', { organization: world.seeds.org_id, environment: 'sandbox' })
  expect(listed.rows).toContainEqual(expect.objectContaining({ id: bulk, status: 'canceled' }))
  const events = await world.sql<{ type: string; actor: string }[]>`
    select type, actor from events where data ->> 'bulk_onboarding_id' = ${bulk} order by created_at, id`
  expect(events.map(({ type, actor }) => [type, actor])).toEqual([
    ['bulk_onboarding.started', 'operator'],
    ['bulk_onboarding.paused', 'operator Ada'],
    ['bulk_onboarding.updated', 'operator'],
    ['bulk_onboarding.resumed', 'operator'],
    ['bulk_onboarding.canceled', 'operator'],
  ])
})

test.each([
  ['bulk-onboard', { file: '/nowhere/customers.csv' }, 'must be a readable file'],
  ['bulk-onboard', { file: fileOf('name\nAda\n', 'wrong.csv') }, 'the API returned 400: header: must have the column'],
  ['bulk-onboard', { file: fileOf('x\n', 'x.csv'), 'api-url': 'http://127.0.0.1:1' }, 'cannot be reached'],
])('%s with %o fails: %s', async (_, { file, ...options }, message) => {
  await expect(onboard(file, options as Record<string, string>)).rejects.toThrow(message)
})

test('another server than the API is named as what is wrong', async () => {
  const answers: [number, string][] = [
    [200, '<!doctype html><title>Temporal</title>'],
    [200, '{"object":"list"}'],
    [404, '{"message":"no such path"}'],
    [502, ''],
  ]
  const server = createServer((request, response) => {
    request.resume()
    const [status, body] = answers[0]!
    request.on('end', () => response.writeHead(status).end(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (; answers.length > 0; answers.shift())
    await expect(onboard(fileOf('external_id\nusr_1\n', 'x.csv'), { 'api-url': url })).rejects.toThrow(
      `${url} is not the API, by its response (${answers[0]![0]}); set --api-url`,
    )
  server.close()
})

test('JSON lines are recognized by the name of the file', async () => {
  const { ids } = contactsFile(world, 2)
  const lines = ids.map((external_id) => JSON.stringify({ external_id })).join('\n')
  const { bulk } = await onboard(fileOf(lines, 'customers.jsonl'), { 'rows-per-second': '100' })
  expect((await untilStatus(world, bulk, 'completed')).rows.done).toBe(2)
})
