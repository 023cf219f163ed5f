import { randomUUID } from 'node:crypto'
import { bulkWorkflowId } from '../../domain/bulk/bulk.ts'
import { until } from '../support/until.ts'
import type { Answer, World } from '../support/world/world.ts'

/** What a test says besides the file. */
export interface UploadOptions {
  query?: string
  type?: string
  key?: string
  headers?: Record<string, string>
}

/** Uploads a file. */
export function upload(
  world: World,
  file: string | Buffer,
  { query = '', type = 'text/csv', key, headers }: UploadOptions = {},
): Promise<Answer> {
  return world.request(`/v1/bulk_onboardings${query}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key ?? world.seeds.secret_key}`, 'Content-Type': type, ...headers },
    body: file as BodyInit,
  })
}

/** A CSV file of contacts with names and addresses that nobody else has; they are the world's secrets. */
export function contactsFile(world: World, count: number): { file: string; ids: string[] } {
  const ids = Array.from({ length: count }, () => `usr_${randomUUID()}`)
  const rows = ids.map((id, i) => [id, `Person ${id.slice(4, 12)} ${i}`, `${id}@example.com`])
  for (const [id, name, email] of rows) [id!, name!, email!].forEach((text) => world.secrets.add(text))
  return { file: `external_id,name,email\n${rows.map((row) => row.join(',')).join('\n')}\n`, ids }
}

export const bulkOf = async (world: World, id: string) =>
  (await world.asNative('GET', `/v1/bulk_onboardings/${id}`)).body

/** Waits until a bulk onboarding has a status and returns it. */
export async function untilStatus(world: World, id: string, status: string) {
  await until(async () => (await bulkOf(world, id)).status === status)
  return bulkOf(world, id)
}

export const command = (world: World, id: string, name: string, body: object = {}) =>
  world.asNative('POST', `/v1/bulk_onboardings/${id}/${name}`, body)

export const runOf = ({ client, seeds }: World, bulkId: string) =>
  client.workflow.getHandle(bulkWorkflowId({ environment: 'sandbox', organizationId: seeds.org_id, bulkId }))
