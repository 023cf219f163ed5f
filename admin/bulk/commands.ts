import { z } from 'zod'
import { byOperator } from '../../domain/events/author.ts'
import { notFound } from '../../domain/failure/failures.ts'
import { rowRates, startRates } from '../../domain/bulk/pace.ts'
import { listBulks, readBulk } from '../../store/bulk/bulks.ts'
import { applyBulkCommand, type BulkCommand } from '../../store/bulk/transitions.ts'
import { apiUrl, apiUrlIn } from '../../runtime/api-url.ts'
import { uploadFile, watchBulk } from './upload-file.ts'
import { command, type AdminCommand, type AdminContext } from '../command.ts'
import { operator, option, page, tenant, text, wholeNumber } from '../options.ts'
import { requireOrganization } from '../setup.ts'

const bulk = option(text, 'bulk_…')
const rate = ({ least, most }: typeof rowRates, what: string) =>
  option(wholeNumber(least, most, `a whole number from ${least} to ${most}`).optional(), `${least}..${most}`, what)
const rates = {
  'rows-per-second': rate(rowRates, 'contacts onboarded per second; 20 if omitted at the upload'),
  'starts-per-second': rate(startRates, 'runs started per second; 5 if omitted at the upload'),
}
const onInvalid = z.enum(['stop', 'skip'])

const simple = (summary: string, name: 'pause' | 'resume' | 'cancel' | 'retryFailed') =>
  command(summary, { bulk, operator }, (context, input) => act(context, input, { name }))

/** Bulk onboardings: a file of contacts. */
export const bulkCommands: Record<string, AdminCommand> = {
  'bulk-onboard': {
    argument: 'file',
    ...command(
      'Onboard the contacts in a CSV or JSON lines file, and show the progress',
      {
        file: option(text, 'file', 'also as the first argument; .jsonl and .ndjson have one object per line'),
        ...tenant,
        'dry-run': option(z.enum(['true', 'false']).default('false'), 'true|false', 'only check the file'),
        'on-invalid': option(onInvalid.default('stop'), 'stop|skip', 'whether invalid rows prevent the start'),
        'on-existing-customer': option(
          z.enum(['keep', 'update']).default('keep'),
          'keep|update',
          'whether profiles of existing customers are updated',
        ),
        ...rates,
        'api-url': option(
          apiUrl.optional(),
          'https://…',
          'default: BILLING_API_URL, PUBLIC_URL, or port 8080 on this machine',
        ),
      },
      async ({ database }, { file, organization: organizationId, environment, 'api-url': given, ...input }) => {
        await requireOrganization(database, organizationId)
        const url = given ?? apiUrlIn(process.env, ['BILLING_API_URL', 'PUBLIC_URL']) ?? 'http://127.0.0.1:8080'
        const query = Object.entries(input).flatMap(([name, value]) =>
          value === undefined ? [] : [[name.replaceAll('-', '_'), String(value)]],
        )
        const upload = { organizationId, environment, file, apiUrl: url, query: Object.fromEntries(query) }
        const { id, status, rows, errors } = await uploadFile(database, upload)
        if (status !== 'running') {
          if (input['dry-run'] === 'false') console.error(notStarted(id, rows.invalid))
          return { bulk: id, status, rows, errors }
        }
        console.error(`${id} is running. It continues if you interrupt this command: bulk-watch --bulk ${id}`)
        return watchBulk(database, id)
      },
    ),
  },
  'bulk-watch': command('Show the progress of a bulk onboarding', { bulk }, async ({ database }, input) => {
    if (!(await readBulk(database, input.bulk))) throw noSuchBulk()
    return watchBulk(database, input.bulk)
  }),
  'list-bulk-onboardings': command('List bulk onboardings', { ...tenant, ...page }, async (context, input) => {
    const { organization: organizationId, environment, ...request } = input
    await requireOrganization(context.database, organizationId)
    const found = await listBulks(context.database, { organizationId, environment }, {}, request)
    const rows = found.rows.map(({ bulkId, status, pausedBecause, rowsPerSecond, createdAt, endedAt }) => ({
      id: bulkId,
      status,
      paused_because: pausedBecause,
      rows_per_second: rowsPerSecond,
      created_at: createdAt,
      ended_at: endedAt,
    }))
    return { rows, nextCursor: found.nextCursor }
  }),
  'bulk-start': command(
    'Start a checked bulk onboarding',
    { bulk, 'on-invalid': option(onInvalid.optional(), 'stop|skip', 'skip omits invalid rows'), operator },
    (context, input) => act(context, input, { name: 'start', onInvalid: input['on-invalid'] }),
  ),
  'bulk-pause': simple('Pause a bulk onboarding; completed rows are kept', 'pause'),
  'bulk-resume': simple('Resume a paused bulk onboarding', 'resume'),
  'bulk-cancel': simple('Cancel a bulk onboarding; completed rows are kept, the others are skipped', 'cancel'),
  'bulk-retry-failed': simple('Onboard the failed rows of a bulk onboarding again', 'retryFailed'),
  'bulk-rate': command('Update the pace of a bulk onboarding', { bulk, ...rates, operator }, (context, input) =>
    act(context, input, {
      name: 'setRate',
      rowsPerSecond: input['rows-per-second'],
      startsPerSecond: input['starts-per-second'],
    }),
  ),
}

/** Says what to do about an upload that was not started. */
const notStarted = (id: string, invalid = 0) =>
  `${id} was not started: invalid rows: ${invalid}. Correct the file and upload it again, or omit these rows: ` +
  `bulk-start --bulk ${id} --on-invalid skip`

const noSuchBulk = () => notFound('Bulk onboarding', '--bulk')

async function act(
  { database }: AdminContext,
  { bulk: bulkId, operator: name }: { bulk: string; operator: string },
  wanted: BulkCommand,
) {
  if (!(await applyBulkCommand(database, { bulkId }, wanted, byOperator(name)))) throw noSuchBulk()
  const { status, rowsPerSecond, startsPerSecond } = (await readBulk(database, bulkId))!
  return { bulk: bulkId, status, rows_per_second: rowsPerSecond, starts_per_second: startsPerSecond }
}
