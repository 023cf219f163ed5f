import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { isIdOf } from '../../domain/text/ids.ts'
import type { LogFields } from '../../runtime/log-context.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import type { NamedRun } from './failed-tasks.ts'

const deadline = 5_000

/** Returns the workflow of a run; undefined if Temporal does not list it. Throws if Temporal cannot be reached. */
export function findRunIn(client: Client): (runId: string) => Promise<NamedRun | undefined> {
  return (runId) =>
    client.withDeadline(Date.now() + deadline, async () => {
      const query = `RunId = '${runId}'`
      for await (const { workflowId, type, typedSearchAttributes } of client.workflow.list({ query, pageSize: 1 }))
        return { workflowId, type, ids: tenantOf(typedSearchAttributes) }
      return undefined
    })
}

/** A run can be started by hand with any words, so only what has the form of ours is taken. */
function tenantOf(attributes: WorkflowExecutionInfo['typedSearchAttributes']): LogFields {
  const organization = attributes.get(searchAttributes.organizationId)
  const environment = attributes.get(searchAttributes.environment)
  return {
    ...(organization && isIdOf('organization', organization) ? { organization } : {}),
    ...(environment === 'live' || environment === 'sandbox' ? { environment } : {}),
  }
}
