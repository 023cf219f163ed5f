import { execFile, execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, inject, test } from 'vitest'
import { newestTag } from '../../../tools/upgrade-drill/builds.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

// The command itself, on the dev server with one onboarding in each situation: the newest release, this build, back and
// in again. This build is bundled: production.test.ts builds it. `UPGRADE_DRILL=whole` builds it here too, and adds the
// other parts: an incompatible build that is healed, short workflow ids, and worker versions. Of these, the tests
// upgrades and workflow-ids in test/admin/ and test/worker/versions.test.ts keep every kind.

const whole = process.env.UPGRADE_DRILL === 'whole'

const place = temporaryFolder('drill-test')
afterAll(() => rmSync(place, { recursive: true, force: true }))
const tag = newestTag()
const ways = whole ? 'back, by force, with other ids and by version' : 'back'

function drill(...args: string[]): Promise<{ code: number | null; output: string }> {
  const main = fileURLToPath(new URL('../../../tools/upgrade-drill/main.ts', import.meta.url))
  const command = ['--import', import.meta.resolve('tsx'), main, ...args]
  const env = { ...process.env, TMPDIR: place, ...(whole ? {} : { WORKFLOW_BUNDLE: inject('bundlePath') }) }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, output: stdout + stderr }),
    )
  })
}

test.skipIf(!tag)(
  `the newest release, this build, ${ways}${tag ? '' : ' (skipped: this clone has no tags)'}`,
  { timeout: 1_500_000 },
  async () => {
    const { code, output } = await drill(
      '--size',
      '1',
      '--temporal',
      'dev',
      ...(whole ? [] : ['--parts', 'none', '--bundled']),
    )
    expect(output).not.toContain('NOT')
    expect(output).toContain('Everything is exactly right.')
    expect(code, output).toBe(0)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(place)
    expect(readdirSync(place).filter((name) => name.startsWith('billing-onboarding'))).toEqual([])
  },
)
