import { lstat, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { mostRows } from '../../domain/bulk/bulk.ts'
import { escapeFormula } from '../../domain/bulk/columns.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { createWritableFolder } from '../../runtime/files/create-folder.ts'
import { verdicts, type Match, type Verdict } from './match-customers.ts'

/** The number of customers with one verdict, and the files that list them. */
export interface ReportPart {
  count: number
  files: string[]
}

/**
 * Writes the bulk files of matched customers, and a file for each other verdict, into a folder. A file is complete or
 * absent; an earlier report is replaced. Files contain ids only, and only their owner can read them.
 */
export async function writeReport(
  folder: string,
  gateway: GatewayName,
  matches: Match[],
): Promise<Record<Verdict, ReportPart>> {
  await prepareFolder(folder)
  for (const name of await readdir(folder)) if (isOurs.test(name)) await rm(join(folder, name))
  const report = {} as Record<Verdict, ReportPart>
  for (const verdict of verdicts) {
    const found = matches.filter((match) => match.verdict === verdict)
    const files = verdict === 'matched' ? bulkFiles(gateway, found) : otherFiles(verdict, found)
    report[verdict] = { count: found.length, files: files.map(({ name }) => join(folder, name)) }
    for (const { name, text } of files) await writeWhole(join(folder, name), text)
  }
  return report
}

/** The names of the files of an earlier report. */
const isOurs = /^(customers(-\d+)?|ambiguous|without-method|unmatched|not-owned)\.csv(\.part)?$/
const bulkColumns = ['external_id', 'gateway', 'gateway_customer_id', 'payment_method_id', 'require_initial']
const otherColumns = ['gateway_customer_id', 'payment_method_id', 'reason', 'external_ids']

/**
 * Creates the folder of a report if it is missing. Throws `invalid_request` if another file has the name of a report's
 * file: writing the report would delete it.
 */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    createWritableFolder(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw invalid('--out', `must be a folder that can be written (${code})`)
  }
  for (const name of (await readdir(folder)).filter((each) => isOurs.test(each)))
    if (!(await isOfReport(join(folder, name), name)))
      throw invalid('--out', `has a file ${name} that is not of an earlier report: choose another folder`)
}

/** What was interrupted can have any content. Reading anything but a file could wait forever. */
async function isOfReport(path: string, name: string): Promise<boolean> {
  if (!(await lstat(path)).isFile()) return false
  if (name.endsWith('.part')) return true
  const columns = (name.startsWith('customers') ? bulkColumns : otherColumns).join()
  return (await readBegin(path, columns.length)) === columns
}

async function readBegin(file: string, bytes: number): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

interface File {
  name: string
  text: string
}

/** The files that `bulk-onboard` takes as they are, each within the limit of an upload. */
function bulkFiles(gateway: GatewayName, matches: Match[]): File[] {
  const rows = matches.map(({ id, methodId, externalIds: [externalId] }) => [externalId, gateway, id, methodId, 0])
  const parts = Math.ceil(rows.length / mostRows)
  return Array.from({ length: parts }, (_, i) => ({
    name: i === 0 ? 'customers.csv' : `customers-${i + 1}.csv`,
    text: stringify([bulkColumns, ...rows.slice(i * mostRows, (i + 1) * mostRows)]),
  }))
}

function otherFiles(verdict: Verdict, matches: Match[]): File[] {
  if (matches.length === 0) return []
  const rows = matches.map(({ id, methodId, reason, externalIds }) => [id, methodId, reason, externalIds.join(' ')])
  const text = stringify([otherColumns, ...rows], { cast: { string: escapeFormula } })
  return [{ name: `${verdict.replace('_', '-')}.csv`, text }]
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text, { mode: 0o600 })
  await rename(`${file}.part`, file)
}
