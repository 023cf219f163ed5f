import { randomUUID } from 'node:crypto'
import { WithStartWorkflowOperation, type Client } from '@temporalio/client'
import { createActivities, type Activities } from '../../../activities/index.ts'
import { temporalRuns } from '../../../api/runs.ts'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import type { Gateways } from '../../../gateways/gateways.ts'
import { createLog } from '../../../runtime/log.ts'
import type { OnboardingRequest } from '../../../store/lifecycle/onboarding-request.ts'
import type { Database } from '../../../store/database/database.ts'
import { openOnboarding } from '../../../store/lifecycle/open-onboarding.ts'
import { submitPayment } from '../../../store/payments/submissions.ts'
import { findRun } from '../../../store/onboardings/wake.ts'
import { installationAccount, referenceOf, type GatewayAccount } from '../../../domain/reference.ts'
import { workflowIdOf } from '../../../domain/onboarding/run.ts'
import type { Flow } from './lanes.ts'
import { naiveSteps, type NaiveRecord } from './naive/steps.ts'
import { begin } from './naive/workflow.ts'

export interface FlowDependencies {
  database: Database
  client: Client
  taskQueue: string
  gateways: Gateways
  organization: { organizationId: string; brandId: string; itemId: string }
  /** The gateway account that is charged. Default: the installation's. */
  account?: GatewayAccount
  /** Creates a token that the case's gateway accepts from a customer. */
  newToken(): Promise<string>
}

export interface BenchFlow extends Flow<NaiveRecord> {
  activities: object
  historyLength(record: NaiveRecord): Promise<number>
}

const settings = builtInSettings
const environment = 'sandbox' as const

/** Resolves waits for an onboarding, by its id. */
function finishes() {
  const waiting = new Map<string, () => void>()
  return {
    finished: (onboardingId: string) => waiting.get(onboardingId)?.(),
    wait: (onboardingId: string) => new Promise<void>((resolve) => waiting.set(onboardingId, resolve)),
  }
}

const requestFor = ({ organization }: FlowDependencies): OnboardingRequest => ({
  organizationId: organization.organizationId,
  environment,
  contactId: randomUUID(),
  createdBy: randomUUID(),
  author: { actor: 'api' },
  brandId: organization.brandId,
  currency: 'USD',
  offered: ['stripe'],
  allowTrigger: true,
  billableItemId: organization.itemId,
  activateAtOnce: false,
})

const installations = installationAccount('sandbox', 'stripe')

async function submit(d: FlowDependencies, record: NaiveRecord): Promise<void> {
  const { database, newToken, account = installations } = d
  const shown = { amount: 1500, currency: 'USD' }
  const submission = {
    source: 'page' as const,
    gateway: account.gateway,
    accountId: account.accountId,
    reference: await newToken(),
    singleUse: true,
    shown,
  }
  await submitPayment(database, record, submission, settings)
}

/** Our flow: writes the record, starts the run without waiting for it, and runs one activity after the signal. */
export function ourFlow(d: FlowDependencies): BenchFlow {
  const { finished, wait } = finishes()
  const runs = temporalRuns({
    client: d.client,
    taskQueue: d.taskQueue,
    log: createLog({ level: 'error', format: 'json', name: 'bench' }),
    database: d.database,
  })
  const activities: Activities = createActivities({
    database: d.database,
    gateways: d.gateways,
    settingDefaults: settings,
    longestRetryPause: 300_000,
  })
  return {
    activities: {
      ...activities,
      async activateAndEnroll(reference: Parameters<Activities['activateAndEnroll']>[0]) {
        const standing = await activities.activateAndEnroll(reference)
        finished(reference.onboardingId)
        return standing
      },
    },
    async create() {
      const { billingCustomer, onboarding } = await openOnboarding(d.database, requestFor(d), settings)
      const { onboardingId } = onboarding
      const record = referenceOf({ ...billingCustomer, billingCustomerId: billingCustomer.id }, { onboardingId })
      runs.start({
        ...record,
        customerId: billingCustomer.customerId,
        n: 1,
        gateway: 'stripe',
        hasShortWorkflowId: onboarding.hasShortWorkflowId,
      })
      return record
    },
    async finish(record) {
      const done = wait(record.onboardingId)
      await submit(d, record)
      runs.signal((await findRun(d.database, record.onboardingId))!, 'setupCompleted')
      await done
    },
    async historyLength({ onboardingId }) {
      const handle = d.client.workflow.getHandle(workflowIdOf((await findRun(d.database, onboardingId))!))
      await handle.result()
      return (await handle.describe()).historyLength
    },
  }
}

/** The naive flow on the same SQL; see `naive/workflow.ts`. */
export async function naiveFlow(d: FlowDependencies): Promise<BenchFlow> {
  const { finished, wait } = finishes()
  const gateway = await d.gateways.of(installations.accountId)
  const workflowIds = new Map<string, string>()
  return {
    activities: naiveSteps(d.database, gateway, settings, finished),
    async create() {
      const workflowId = `naive/${randomUUID()}`
      const startWorkflowOperation = new WithStartWorkflowOperation('naiveOnboarding', {
        workflowId,
        taskQueue: d.taskQueue,
        args: [requestFor(d)],
        workflowIdConflictPolicy: 'USE_EXISTING',
      })
      const answer: unknown = await d.client.workflow.executeUpdateWithStart(begin, {
        updateId: 'begin',
        startWorkflowOperation,
      })
      const record = answer as NaiveRecord
      workflowIds.set(record.onboardingId, workflowId)
      return record
    },
    async finish(record) {
      const done = wait(record.onboardingId)
      await submit(d, record)
      await d.client.workflow.getHandle(workflowIds.get(record.onboardingId)!).signal('setupCompleted')
      await done
    },
    async historyLength({ onboardingId }) {
      const handle = d.client.workflow.getHandle(workflowIds.get(onboardingId)!)
      await handle.result()
      return (await handle.describe()).historyLength
    },
  }
}
