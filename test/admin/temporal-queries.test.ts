import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commands } from '../../admin/commands.ts'
import { temporalQueries } from '../../admin/temporal-ui/queries.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const since = '2026-01-31T00:00:00Z'
const ids = async (query: string) => {
  const found: string[] = []
  for await (const { workflowId } of world.client.workflow.list({ query })) found.push(workflowId)
  return found
}

test('docs/operations.md has the queries of the command', () => {
  const text = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8').replace(/ +/g, ' ')
  for (const [workflows, queryOf] of Object.entries(temporalQueries))
    expect(text).toContain(`| ${workflows} | \`${queryOf(since)}\` |`)
})

test('the command prints a link for each query, and without TEMPORAL_UI_URL only the query', async () => {
  const rowsAt = async (temporalUi?: { url: string; namespace: string }) => {
    const { sql: database, settingDefaults } = world
    const answer = await commands.queries!.run({ database, settingDefaults, temporalUi }, {})
    return (answer as { rows: { workflows: string; query: string; url?: string }[] }).rows
  }
  const linked = await rowsAt({ url: 'https://ui.example', namespace: 'default' })
  expect(linked.map(({ workflows }) => workflows)).toEqual(Object.keys(temporalQueries))
  for (const { query, url } of linked) {
    expect(url).toMatch(/^https:\/\/ui\.example\/namespaces\/default\/workflows\?query=/)
    expect(new URL(url!).searchParams.get('query')).toBe(query)
  }
  for (const row of await rowsAt()) expect(row).not.toHaveProperty('url')
})

test('Temporal accepts each query, and finds what it is for', async () => {
  const { bc } = await world.openSetup()
  const { workflow_id } = (await world.billingCustomer(bc)).onboarding
  for (const queryOf of Object.values(temporalQueries)) await expect(ids(queryOf(since))).resolves.toBeDefined()
  await until(async () => (await ids(temporalQueries['waiting for the customer']!(since))).includes(workflow_id))
  await world.client.workflow.getHandle(workflow_id).terminate()
  await until(async () => (await ids(temporalQueries['terminated since yesterday']!(since))).includes(workflow_id))
})
