import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, inject, test } from 'vitest'
import { makePlan } from '../../../tools/chaos/plan.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

// The command itself, on the dev server with few onboardings. To run more: npm run chaos -- --onboardings 500

const place = temporaryFolder('chaos-test')
afterAll(() => rmSync(place, { recursive: true, force: true }))

function chaos(...args: string[]): Promise<{ code: number | null; output: string }> {
  const main = fileURLToPath(new URL('../../../tools/chaos/main.ts', import.meta.url))
  const command = ['--import', import.meta.resolve('tsx'), main, ...args]
  const env = { ...process.env, TMPDIR: place, WORKFLOW_BUNDLE: inject('bundlePath') }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}

// Its plan has 20 of the 22 styles, every fault, and every service is killed twice.
const seed = 752

test(
  '24 onboardings while servers are killed and gateways fail: each has a permitted result and at most one charge',
  { timeout: 600_000 },
  async () => {
    const size = ['--onboardings', '24', '--seed', String(seed), '--accounts', '3']
    const { code, output } = await chaos(...size, '--temporal', 'dev', '--patience', '240')
    expect(output).toContain('Everything is exactly right.')
    expect(output).toMatch(/of merchants +3 +\w+ \d+, \w+ \d+, \w+ \d+\n/)
    const ends = /completed +(\d+) +canceled (\d+), expired (\d+), failed (\d+)/.exec(output)!.slice(1).map(Number)
    const [completed] = ends
    expect(ends.reduce((sum, count) => sum + count)).toBe(24)
    expect(output).toMatch(/methods replaced +1\n/)
    // The seed plans two customers who are closed afterwards, one of them with a refund of the rest, and one whose
    // charge is completely refunded: two are not active, and nothing is kept of two charges.
    expect(output).toMatch(/refunded in part +2 +closed 2\n/)
    const kept = completed! - 2
    expect(output).toMatch(
      new RegExp(`records active +${kept}\n.*charges not refunded +${kept} .*enrollments +${kept}\n`, 's'),
    )
    expect(output).toMatch(/events delivered +[1-9]\d\d.*\n +events undelivered +0 +out of order 0\n/)
    expect(output).toMatch(/double charges +0\n +lost +0\n +not completed but charged +0\n/)
    expect(code).toBe(0)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(place)
    expect(readdirSync(place).filter((name) => name.startsWith('billing-onboarding'))).toEqual([])
  },
)

test('--plan prints the plan of a seed, the same each time; --styles, one of these styles', async () => {
  const [whole, styled] = await Promise.all([
    chaos('--plan', '--seed', '5'),
    chaos('--plan', '--seed', '5', '--styles', 'refunded,closed', '--onboardings', '6'),
  ])
  expect(JSON.parse(whole.output)).toEqual(JSON.parse(JSON.stringify(makePlan(5, 500))))
  const { customers } = JSON.parse(styled.output) as { customers: { style: string }[] }
  expect(new Set(customers.map(({ style }) => style))).toEqual(new Set(['refunded', 'closed']))
})

test('a style that --completing leaves out is refused with a sentence', async () => {
  const { code, output } = await chaos('--completing', '--styles', 'pays,refunded', '--plan')
  expect(output).toContain('--styles: refunded does not end as an active and charged customer; omit --completing')
  expect(code).toBe(2)
})
