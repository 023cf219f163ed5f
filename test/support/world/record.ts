import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo, type WorkflowHandle } from '@temporalio/client'
import { commands } from '../../../admin/commands.ts'
import { untilAnswered, type Answer } from '../answer.ts'
import { until } from '../until.ts'
import type { Callers } from './callers.ts'
import type { Parts } from './parts.ts'

export interface Run {
  runId: string
  status: string
  /** The type of the failure it ended with. */
  type: string | undefined
  handle: WorkflowHandle
}

/** What became of a billing customer, as its record, its events and its runs say, and what operators do to it. */
export function recordOf({ sql, client, taskQueue, settingDefaults }: Parts, { asNative }: Callers) {
  const billingCustomer = async (bc: string): Promise<Answer['body']> =>
    (await untilAnswered(() => asNative('GET', `/v1/billing_customers/${bc}`))).body

  /** The runs of a billing customer, oldest first; waits until at least `count` are listed, which takes a moment. */
  async function runsOf(bc: string, count = 1): Promise<Run[]> {
    const { workflow_id: id } = (await billingCustomer(bc)).onboarding
    const listed = await until(
      () => listRuns(client, `WorkflowId = '${id}'`),
      ({ length }) => length >= count,
    )
    listed.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
    return Promise.all(listed.map(({ workflowId, runId }) => readRun(client, workflowId, runId)))
  }

  return {
    billingCustomer,
    runsOf,

    /** As `runsOf`, once all of them have closed. A record says that its onboarding has ended before the run closes. */
    closedRunsOf: (bc: string, count = 1): Promise<Run[]> =>
      until(
        () => runsOf(bc, count),
        (runs) => runs.every(({ status }) => status !== 'RUNNING'),
      ),

    /** Workflow ids of this world's runs that fit a query of Temporal, once there are `count`: lists lag behind. */
    async listed(query: string, count = 1): Promise<string[]> {
      const runs = await until(
        () => listRuns(client, `${query} AND TaskQueue = '${taskQueue}'`),
        ({ length }) => length === count,
      )
      return runs.map(({ workflowId }) => workflowId)
    },

    /** Waits until nobody looks after a charge of the billing customer any more. */
    async moneySettled(bc: string): Promise<void> {
      const charges = await sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
      for (const { id } of charges)
        await client.workflow
          .getHandle(`money/${id}`)
          .result()
          .catch((error: unknown) => {
            if (!(error instanceof WorkflowNotFoundError)) throw error
          })
    },

    /** Waits until the billing customer's onboarding has ended, and answers how. */
    async ended(bc: string, patience?: number): Promise<string> {
      const hasEnded = ({ onboarding }: Answer['body']) => onboarding.status !== 'pending'
      return (await until(() => billingCustomer(bc), hasEnded, patience)).onboarding.status
    },

    async eventTypes(bc: string): Promise<string[]> {
      const rows = await sql<{ type: string }[]>`
        select type from events where billing_customer_id = ${bc} order by created_at, id`
      return rows.map(({ type }) => type)
    },

    admin: (command: string, options: Record<string, string>) =>
      commands[command]!.run({ database: sql, settingDefaults }, options),
  }
}

async function listRuns(client: Client, query: string): Promise<WorkflowExecutionInfo[]> {
  const runs = []
  for await (const run of client.workflow.list({ query })) runs.push(run)
  return runs
}

async function readRun(client: Client, workflowId: string, runId: string): Promise<Run> {
  const handle = client.workflow.getHandle(workflowId, runId)
  const status = (await handle.describe()).status.name
  const failure: { type?: string } | undefined =
    status === 'FAILED' ? await handle.result().catch((error: { cause?: { type?: string } }) => error.cause) : undefined
  return { runId, status, type: failure?.type, handle }
}
