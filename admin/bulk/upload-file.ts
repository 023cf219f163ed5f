import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { byOperator } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { Tenant } from '../../domain/reference.ts'
import { readBulk } from '../../store/bulk/bulks.ts'
import { readCounts } from '../../store/bulk/rows.ts'
import type { Database } from '../../store/database/database.ts'
import { insertApiKey, revokeApiKey } from '../../store/tenants/api-keys.ts'
import { createProgress } from './progress.ts'

/** An upload through the API, which checks every row. */
export interface FileUpload extends Tenant {
  file: string
  apiUrl: string
  /** Query parameters of `POST /v1/bulk_onboardings`. */
  query: Record<string, string>
}

interface Answer {
  object: string
  id: string
  status: string
  detail?: string
  rows: Record<string, number>
  errors: { row: number; line: number; param: string | null; message: string }[]
}

const scopes = ['bulk_onboardings:write', 'customers:write', 'billing_customers:write', 'enrollments:write']
const keyLife = 86_400_000

/**
 * Uploads a file with an API key that is created for it and revoked afterwards. Throws an Error with the API's reason.
 */
export async function uploadFile(database: Database, upload: FileUpload): Promise<Answer> {
  const { organizationId, environment, file } = upload
  const isReadable = await access(file, constants.R_OK).then(
    async () => (await stat(file)).isFile(),
    () => false,
  )
  if (!isReadable) throw invalid('--file', 'must be a readable file')
  const expiresAt = new Date(Date.now() + keyLife)
  const wanted = { kind: 'secret' as const, name: 'npm run admin -- bulk-onboard', scopes, expiresAt }
  const key = await insertApiKey(database, { organizationId, environment, ...wanted }, byOperator())
  try {
    return await send(upload, key.key)
  } finally {
    await revokeApiKey(database, key.id, byOperator())
  }
}

async function send({ file, apiUrl, query }: FileUpload, key: string): Promise<Answer> {
  const type = /\.(jsonl|ndjson)$/i.test(file) ? 'application/x-ndjson' : 'text/csv'
  const init = {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': type },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  }
  const url = `${apiUrl}/v1/bulk_onboardings?${new URLSearchParams(query)}`
  const response = await fetch(url, init as unknown as RequestInit).catch(() => {
    throw new Error(`the API at ${apiUrl} cannot be reached; set --api-url`)
  })
  const answer = (await response.json().catch(() => null)) as Answer | null
  if (response.ok && answer?.object === 'bulk_onboarding') return answer
  if (!response.ok && answer?.detail) throw new Error(`the API returned ${response.status}: ${answer.detail}`)
  throw new Error(`${apiUrl} is not the API, by its response (${response.status}); set --api-url`)
}

/** Shows the progress of a bulk onboarding until it is completed, paused or canceled. */
export async function watchBulk(database: Database, bulkId: string): Promise<Record<string, unknown>> {
  const progress = createProgress(process.stderr)
  for (;;) {
    const [bulk, counts] = await Promise.all([readBulk(database, bulkId), readCounts(database, bulkId)])
    const status = bulk?.status ?? 'deleted'
    progress.show(counts, status)
    if (status !== 'running') {
      progress.end()
      return { bulk: bulkId, status, paused_because: bulk?.pausedBecause ?? null, rows: counts }
    }
    await sleep(1_000)
  }
}
