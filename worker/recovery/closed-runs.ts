import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client'
import { workflowIdsOf, type Contact } from '../../domain/onboarding/run.ts'

const deadline = 5_000
/** Runs of a contact that one call lists; the next attempt deletes more. */
const most = 1_000

/**
 * Deletes the runs of a contact whose onboardings have ended from Temporal. Their histories have ids only, but for the
 * words that an operator wrote into an update, which nothing else can remove. Throws while one is still open, and
 * Temporal's error if it does not respond.
 */
export async function deleteClosedRuns(client: Client, contact: Contact): Promise<void> {
  const ids = workflowIdsOf(contact)
  const { namespace } = client.options
  const query = `WorkflowId IN (${ids.map((id) => JSON.stringify(id)).join(', ')}) AND CloseTime IS NOT NULL`
  await client.withDeadline(Date.now() + deadline, async () => {
    for (const id of ids) await deleteRun(client, await latestRunOf(client, id))
    const found = await client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: most })
    for (const { execution } of found.executions ?? []) await deleteRun(client, execution)
  })
}

/** Returns the latest run with an id, which lists might not have yet. Throws if it is open. */
async function latestRunOf(client: Client, workflowId: string) {
  try {
    const { runId, status } = await client.workflow.getHandle(workflowId).describe()
    if (status.name === 'RUNNING') throw new Error('the run is still open')
    return { workflowId, runId }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

const notFound = 5

/** Deletes a run. Lists still have a run for a while that was deleted. */
async function deleteRun(
  client: Client,
  run: { workflowId?: string | null; runId?: string | null } | null | undefined,
) {
  if (!run) return
  try {
    const { namespace } = client.options
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: run })
  } catch (error) {
    if (!isGrpcServiceError(error) || Number(error.code) !== notFound) throw error
  }
}
