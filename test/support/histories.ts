import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { Client } from '@temporalio/client'

/** Patterns of secrets and personal data that no history may contain. */
const forbidden = [
  /_secret_/,
  /\b(sk|pk|rk)_(test|live)_/,
  /whsec_/,
  /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
  /\b4242\d{0,}4242\b/,
  /\bctoken_/,
]

/** Returns a history as text with every payload decoded, for searching. */
export function decodeHistory(json: string): string {
  const decode = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(decode)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, decodeData(key, inner) ?? decode(inner)]),
    )
  }
  return JSON.stringify(decode(JSON.parse(json)))
}

function decodeData(key: string, value: unknown): string | undefined {
  return key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined
}

/** Returns every history of a task queue, decoded. */
export async function historiesOf(
  client: Client,
  taskQueue: string,
): Promise<{ workflowId: string; runId: string; text: string; json: string }[]> {
  const found = []
  for await (const run of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
    const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory()
    const json = historyToJSON(history)
    found.push({ workflowId: run.workflowId, runId: run.runId, json, text: decodeHistory(json) })
  }
  return found
}

interface TaskFailure {
  workflowTaskFailedEventAttributes?: { failure?: { message?: string | null } | null } | null
}

/**
 * Returns the messages of the failed workflow tasks of a history. Without those that Temporal repeats because a signal
 * arrived while the run ended or continued as new.
 */
export const failedTasks = (events: TaskFailure[] | null | undefined): string[] =>
  (events ?? [])
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed ? [failed.failure?.message ?? 'unknown'] : []))
    .filter((message) => message !== 'UnhandledCommand')

/** Returns forbidden content of a history: the given texts, and text that has the format of a secret. */
export function leaksIn(text: string, secrets: Iterable<string>): string[] {
  const known = [...secrets].filter((secret) => secret.length > 0 && text.includes(secret))
  return [...known, ...forbidden.filter((pattern) => pattern.test(text)).map(String)]
}

/** Throws if a history of a task queue has forbidden content. */
export async function refuseLeaks(of: { client: Client; taskQueue: string; secrets: Set<string> }): Promise<void> {
  const histories = await historiesOf(of.client, of.taskQueue)
  const leaks = histories.flatMap(({ workflowId, text }) =>
    leaksIn(text, of.secrets).map((leak) => `${workflowId} holds ${leak}`),
  )
  if (leaks.length > 0) throw new Error(`histories hold what they must not:\n${leaks.join('\n')}`)
}
