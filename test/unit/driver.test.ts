import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('../../scripts/mend-driver.js', import.meta.url))
const read = () => readFileSync(new URL('connection.js', import.meta.resolve('postgres')), 'utf8')

test('the installed PostgreSQL driver is mended; where not, the install ran no scripts: node scripts/mend-driver.js', () => {
  const before = read()
  execFileSync(process.execPath, [script])
  expect(read() === before).toBe(true)
})
