import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const read = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')
const sections = read('docs/doors/fields.md').split('\n## ').slice(1)

test.each(sections.map((section) => [section.split('\n')[0]!, section]))(
  'the tests that docs/doors/fields.md lists for %s exist and mention the field',
  (_title, section) => {
    const tests = [...section.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map(([, file]) => read(file!)).join()
    const rows = [...section.matchAll(/^\| `([^`]+)` +\| [^|]+\| (.+?) +\|$/gm)]
    expect(rows.length).toBeGreaterThan(3)
    for (const [, field, title] of rows) {
      expect(tests).toContain(title)
      expect(tests).toContain(field)
    }
  },
)
