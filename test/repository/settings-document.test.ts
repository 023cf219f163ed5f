import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settingRows } from '../../domain/tenant/setting-guide.ts'
import { builtInSettings, settingRules } from '../../domain/tenant/settings.ts'

const document = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8')
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))

const written = (value: unknown) => `\`${JSON.stringify(value)}\``

test('docs/settings.md has a row for every setting, with its unit, default, bounds and meaning', () => {
  expect(settingRows.map(({ name }) => name)).toEqual(Object.keys(builtInSettings).map(nameOf))
  expect(rows.map((cells) => cells.slice(1, 6))).toEqual(
    settingRows.map(({ name, unit, builtIn, rule, meaning }) => [
      `\`${name}\``,
      unit,
      written(builtIn),
      rule,
      meaning.replaceAll('billing_customer.setup_reminder', '`billing_customer.setup_reminder`'),
    ]),
  )
})

function nameOf(key: string): string {
  return settingRules[key as keyof typeof settingRules].name
}

test('the default of each setting is valid', () => {
  const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
  for (const { name, schema, builtIn } of settingRows) {
    const types = [schema.type].flat().map((type) => (type === 'integer' ? 'number' : type))
    expect(types, name).toContain(typeOf(builtIn))
    if (schema.enum) expect(schema.enum, name).toContain(builtIn)
    expect(settingRules[keyOf(name)].accepts(builtIn), name).toBe(true)
  }
})

const keyOf = (name: string) =>
  Object.entries(settingRules).find(([, rule]) => rule.name === name)![0] as keyof typeof settingRules
