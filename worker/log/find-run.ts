import type { Client } from '@temporalio/client'
import type { NamedRun } from './failed-tasks.ts'

const deadline = 5_000

/** Returns the workflow of a run; undefined if Temporal does not list it. Throws if Temporal cannot be reached. */
export function findRunIn(client: Client): (runId: string) => Promise<NamedRun | undefined> {
  return (runId) =>
    client.withDeadline(Date.now() + deadline, async () => {
      for await (const { workflowId, type } of client.workflow.list({ query: `RunId = '${runId}'`, pageSize: 1 }))
        return { workflowId, type }
      return undefined
    })
}
