import { readFileSync } from 'node:fs'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, test } from 'vitest'

const source = readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8')

test("the OpenAPI document passes Redocly's recommended rules without a warning", async () => {
  const config = await createConfig({ extends: ['recommended'], telemetry: 'off' })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  const said = problems.map(({ severity, ruleId, message, location }) =>
    [severity, ruleId, message, location[0]?.pointer].join(' | '),
  )
  expect(said).toEqual([])
})

test('the fields of billing.io that accept null are nullable in the document', () => {
  const { schemas } = (JSON.parse(source) as { components: { schemas: Record<string, Documented> } }).components
  for (const name of ['BillingIoCreateCustomer', 'BillingIoUpdateCustomer'])
    for (const field of ['name', 'external_id', 'metadata'])
      expect(schemas[name]!.properties[field]!.type, `${name}.${field}`).toContain('null')
})

interface Documented {
  properties: Record<string, { type: string[] }>
}
