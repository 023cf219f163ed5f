import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'

// The command itself, on the dev server with few onboardings. To run more: npm run chaos -- --onboardings 500

const place = temporaryFolder('chaos-test')
afterAll(() => rmSync(place, { recursive: true, force: true }))

function chaos(...args: string[]): Promise<{ code: number | null; output: string }> {
  const main = fileURLToPath(new URL('../../../tools/chaos/main.ts', import.meta.url))
  const command = ['--import', import.meta.resolve('tsx'), main, ...args]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { env: { ...process.env, TMPDIR: place } }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}

test(
  '40 onboardings while servers are killed and gateways fail: each has a permitted result and at most one charge',
  { timeout: 600_000 },
  async () => {
    const { code, output } = await chaos(
      '--onboardings',
      '40',
      '--seed',
      '40',
      '--temporal',
      'dev',
      '--patience',
      '240',
      '--accounts',
      '3',
    )
    expect(output).toContain('Everything is exactly right.')
    expect(output).toMatch(/of merchants +3 +\w+ \d+, \w+ \d+, \w+ \d+\n/)
    const ends = /completed +(\d+) +canceled (\d+), expired (\d+), failed (\d+)/.exec(output)!.slice(1).map(Number)
    const [completed] = ends
    expect(ends.reduce((sum, count) => sum + count)).toBe(40)
    expect(output).toMatch(/methods replaced +2\n/)
    // The seed plans two customers who are closed afterwards, and one whose charge is then completely refunded.
    expect(output).toMatch(/refunded in part +4 +closed 2\n/)
    const [left, kept] = [completed! - 2, completed! - 1]
    expect(output).toMatch(
      new RegExp(`records active +${left}\n.*charges not refunded +${kept} .*enrollments +${left}\n`, 's'),
    )
    expect(output).toMatch(/events delivered +[1-9]\d\d.*\n +events undelivered +0 +out of order 0\n/)
    expect(output).toMatch(/double charges +0\n +lost +0\n +not completed but charged +0\n/)
    expect(code).toBe(0)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(place)
    expect(readdirSync(place).filter((name) => name.startsWith('billing-onboarding'))).toEqual([])
  },
)

test('--plan prints the plan of a seed, the same each time', async () => {
  const [one, again, other] = await Promise.all([5, 5, 6].map((seed) => chaos('--plan', '--seed', String(seed))))
  expect(JSON.parse(one!.output)).toMatchObject({ seed: 5, onboardings: 500 })
  expect(again).toEqual(one)
  expect(other!.output).not.toBe(one!.output)
})

test('a style that --completing leaves out is refused with a sentence', async () => {
  const { code, output } = await chaos('--completing', '--styles', 'pays,refunded', '--plan')
  expect(output).toContain('--styles: refunded does not end as an active and charged customer; omit --completing')
  expect(code).toBe(2)
})

test('--styles plans only customers of these styles', async () => {
  const { output } = await chaos('--styles', 'refunded,closed', '--plan', '--onboardings', '6')
  const { customers } = JSON.parse(output) as { customers: { style: string }[] }
  expect(new Set(customers.map(({ style }) => style))).toEqual(new Set(['refunded', 'closed']))
})
