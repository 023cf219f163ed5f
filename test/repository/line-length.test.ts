import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Applied migrations, and text that others wrote: recorded histories, documented samples, messages of PayPal. */
const unchanged = [
  'store/migrations/',
  'test/replay/histories/',
  'test/support/documented/',
  'test/api/doors/edge/documented-samples.test.ts',
  'tools/simulators/paypal/issues.ts',
]

test('code and comments have lines of at most 120 characters', () => {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.js', '*.mjs', '*.css', '*.yml', '.env.example'], {
    cwd: root,
    encoding: 'utf8',
  })
  const own = files.split('\n').filter((file) => file && !unchanged.some((path) => file.startsWith(path)))
  const long = own.flatMap((file) =>
    readFileSync(`${root}/${file}`, 'utf8')
      .split('\n')
      .flatMap((line, i) => (Array.from(line).length > 120 ? [`${file}:${i + 1}`] : [])),
  )
  expect(long).toEqual([])
})
