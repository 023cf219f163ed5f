import type { Client, WorkflowHandle } from '@temporalio/client'
import { commands } from '../../../admin/commands.ts'
import type { Answer } from '../answer.ts'
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
export function recordOf({ sql, client, settingDefaults }: Parts, { asNative }: Callers) {
  const billingCustomer = (bc: string): Promise<Answer['body']> =>
    asNative('GET', `/v1/billing_customers/${bc}`).then(({ body }) => body)

  return {
    billingCustomer,

    /** Waits until the billing customer's onboarding has ended, and answers how. */
    async ended(bc: string, patience?: number): Promise<string> {
      const hasEnded = ({ onboarding }: Answer['body']) => onboarding.status !== 'pending'
      return (await until(() => billingCustomer(bc), hasEnded, patience)).onboarding.status
    },

    /** The runs of a billing customer, oldest first. */
    async runsOf(bc: string): Promise<Run[]> {
      const { workflow_id: id } = (await billingCustomer(bc)).onboarding
      const runs = []
      for await (const run of client.workflow.list({ query: `WorkflowId = '${id}'` })) runs.push(run)
      runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
      return Promise.all(runs.map(({ workflowId, runId }) => readRun(client, workflowId, runId)))
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

async function readRun(client: Client, workflowId: string, runId: string): Promise<Run> {
  const handle = client.workflow.getHandle(workflowId, runId)
  const status = (await handle.describe()).status.name
  const failure: { type?: string } | undefined =
    status === 'FAILED' ? await handle.result().catch((error: { cause?: { type?: string } }) => error.cause) : undefined
  return { runId, status, type: failure?.type, handle }
}
