import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo, type WorkflowHandle } from '@temporalio/client'
import { callersExpired } from '../callers-expired.ts'
import { commands } from '../../../admin/commands.ts'
import { untilAnswered, type Answer } from '../answer.ts'
import { until } from '../until.ts'
import type { Callers } from './callers.ts'
import type { Parts } from './parts.ts'

export interface Run {
  runId: string
  status: string
  /** The type of the failure with which the run ended. */
  type: string | undefined
  handle: WorkflowHandle
}

/** Returns reads of a billing customer's record, events and runs, and operator commands. */
export function recordOf({ sql, client, taskQueue, settingDefaults }: Parts, { asNative }: Callers) {
  const billingCustomer = async (bc: string): Promise<Answer['body']> =>
    (await untilAnswered(() => asNative('GET', `/v1/billing_customers/${bc}`))).body

  /** Returns a billing customer's runs, oldest first. Waits until at least `count` are listed. */
  async function runsOf(bc: string, count = 1): Promise<Run[]> {
    const { workflow_id: id } = (await billingCustomer(bc)).onboarding
    const listed = await until(
      () => listRuns(client, `WorkflowId = '${id}'`),
      ({ length }) => length >= count,
    )
    listed.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
    return Promise.all(listed.map(({ workflowId, runId }) => readRun(client, workflowId, runId)))
  }

  /** Like `runsOf`, after all runs have closed. A run closes after its onboarding has ended in the record. */
  const closedRunsOf = (bc: string, count = 1): Promise<Run[]> =>
    until(
      () => runsOf(bc, count),
      (runs) => runs.every(({ status }) => status !== 'RUNNING'),
    )

  /** Waits until no refund of the billing customer is pending, and no run is settling a charge of it. */
  async function moneySettled(bc: string): Promise<void> {
    // The run of a refund that was just requested may not have begun.
    const pending = () => sql`
      select 1 from refunds r join charges c on c.id = r.charge_id
      where c.billing_customer_id = ${bc} and r.state = 'pending'`
    await until(pending, ({ length }) => length === 0)
    const charges = await sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
    for (const { id } of charges)
      await client.workflow
        .getHandle(`money/${id}`)
        .result()
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error
        })
  }

  return {
    billingCustomer,
    runsOf,
    closedRunsOf,
    moneySettled,

    /** Returns the status of the latest run with a workflow id. */
    runStatus: async (workflowId: string): Promise<string> =>
      (await client.workflow.getHandle(workflowId).describe()).status.name,

    /** Returns workflow ids that match a Temporal query, after exactly `count` do. Lists are eventually consistent. */
    async listed(query: string, count = 1): Promise<string[]> {
      const runs = await until(
        () => listRuns(client, `${query} AND TaskQueue = '${taskQueue}'`),
        ({ length }) => length === count,
      )
      return runs.map(({ workflowId }) => workflowId)
    },

    /** Waits until the runs of the billing customer have closed and the charges are settled: nothing changes then. */
    async atRest(bc: string): Promise<void> {
      await closedRunsOf(bc)
      await moneySettled(bc)
    },

    /** Waits until the billing customer's onboarding has ended. Returns its result. */
    async ended(bc: string, timeLimit?: number): Promise<string> {
      const hasEnded = ({ onboarding }: Answer['body']) => onboarding.status !== 'pending'
      return (await until(() => billingCustomer(bc), hasEnded, timeLimit)).onboarding.status
    },

    async eventTypes(bc: string): Promise<string[]> {
      const rows = await sql<{ type: string }[]>`
        select type from events where billing_customer_id = ${bc} order by sequence`
      return rows.map(({ type }) => type)
    },

    /** Returns the reasons for which a person was needed, as events have them: `disputed/ch_…` is about a charge. */
    async reasonsForPerson(bc: string): Promise<string[]> {
      const rows = await sql<{ reason: string }[]>`
        select data ->> 'reason' as reason from events
        where billing_customer_id = ${bc} and type = 'onboarding.needs_person' order by sequence`
      return rows.map(({ reason }) => reason)
    },

    /** Runs an operator command. After one that changes a key or a setting, waits until it applies everywhere. */
    async admin(command: string, options: Record<string, string>) {
      const result = await commands[command]!.run({ database: sql, settingDefaults }, options)
      if (command === 'set-setting' || command === 'revoke-key') await callersExpired()
      return result
    },
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
