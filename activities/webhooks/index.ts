import { asFailures, guardSteps, type GuardedSteps, type Registrable } from '../guard/step.ts'
import type { WebhookDependencies } from './dependencies.ts'
import { tryEndpoint } from './try-endpoint.ts'

/** Steps of the task queue of webhooks. A name is the registered name of the activity: histories contain it. */
const webhookSteps = { tryEndpoint }

export type WebhookActivities = GuardedSteps<typeof webhookSteps>

/** Returns the steps that send to receivers, bound to their dependencies and guarded. */
export const createWebhookActivities = (d: WebhookDependencies): WebhookActivities =>
  guardSteps(d, asFailures, webhookSteps) satisfies Registrable
