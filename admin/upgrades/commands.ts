import { z } from 'zod'
import { Failure } from '../../domain/failure/failures.ts'
import { readConfig } from '../../runtime/config.ts'
import { command, type AdminCommand } from '../command.ts'
import { isPast, option, pastRule, wholeNumber } from '../options.ts'

const rate = (most: number, usual: number, what: string) =>
  option(
    wholeNumber(1, most, `a whole number from 1 to ${most}`).default(usual),
    `1..${most}`,
    `${what} per second, default: ${usual}`,
  )

/** Prints every hundredth number: these commands can take minutes. */
const progress = (what: string) => (count: number) => {
  if (count % 100 === 0) console.error(`${what}: ${count}`)
}

const notBoth = new Failure('invalid_request', 'must not be combined with --only or --started-before', {
  param: '--workflow-ids',
})

const config = () => readConfig(process.env, ['temporal'])

/**
 * Commands for upgrades and rollbacks (docs/operations.md#upgrades). They load Temporal's SDK, which takes seconds,
 * only when they run.
 */
export const upgradeCommands: Record<string, AdminCommand> = {
  'check-upgrade': command(
    'Check whether this build can continue the runs in Temporal; exit code 1 if not. Changes nothing',
    {
      histories: option(
        wholeNumber(200, 100_000, 'a whole number from 200 to 100000').default(400),
        '200..100000',
        'runs that are replayed, or all if there are fewer; default: 400',
      ),
    },
    async (_, { histories }) => {
      const { checkUpgrade, withReplays } = await import('./index.ts')
      const { taskQueue, workflowBundle: bundle, ...rest } = config()
      const checked = await withReplays(rest, (client) => checkUpgrade(client, { taskQueue, most: histories, bundle }))
      if (!checked.is_compatible) process.exitCode = 1
      return checked
    },
  ),
  'restart-runs': command(
    'Terminate runs that this build cannot continue; new ones begin from the record on the current workers',
    {
      only: option(z.enum(['incompatible', 'all']).optional(), 'incompatible|all', 'default: incompatible'),
      'started-before': option(
        z.iso
          .datetime({ offset: true, error: 'must be a time such as 2026-12-01T09:30:00Z' })
          .refine(isPast, pastRule)
          .optional(),
        'time',
        'default: now. To continue an interrupted --only all, give the time of its start',
      ),
      'workflow-ids': option(
        z.enum(['short', 'long']).optional(),
        'short|long',
        'instead: restart the runs whose workflow ids are not, and begin new ones so',
      ),
      rate: rate(100, 10, 'restarts'),
    },
    async ({ database }, { only, 'started-before': before, 'workflow-ids': ids, rate }) => {
      if (ids && (only ?? before)) throw notBoth
      const { changeWorkflowIds, restartRuns, withReplays, withTemporal } = await import('./index.ts')
      if (ids) {
        const { taskQueue, ...rest } = config()
        const options = { taskQueue, areShort: ids === 'short', rate, onProgress: progress('restarted') }
        return withTemporal(rest, (client) => changeWorkflowIds(database, client, options))
      }
      const { taskQueue, workflowBundle: bundle, ...rest } = config()
      const startedBefore = before === undefined ? new Date() : new Date(before)
      const options = {
        taskQueue,
        bundle,
        only: only ?? ('incompatible' as const),
        startedBefore,
        rate,
        onProgress: progress('restarted'),
      }
      const result = await withReplays(rest, (client) => restartRuns(database, client, options))
      return { ...result, started_before: startedBefore.toISOString() }
    },
  ),
  'wake-all': command(
    'Wake the live runs: each reads its record, and moves to the current worker version if there is one',
    { rate: rate(1_000, 50, 'runs') },
    async (_, { rate }) => {
      const { wakeAll, withTemporal } = await import('./index.ts')
      const { taskQueue, workerVersion: version, ...rest } = config()
      return withTemporal(rest, (client) =>
        wakeAll(client, { taskQueue, rate, version, onProgress: progress('woken') }),
      )
    },
  ),
}
