import { Worker } from '@temporalio/worker'
import { createWebhookActivities } from '../../../activities/webhooks/index.ts'
import { webhookQueue } from '../../../domain/webhooks/endpoint.ts'
import { createEndpointStart, startEndpointDispatcher } from '../../../worker/webhooks/endpoint-runs.ts'
import type { World } from '../world/world.ts'
import type { webhooksOf } from './deliveries.ts'

/** Delivers the webhooks of a world that has a worker, with the runs of endpoints in trouble. Returns how to stop. */
export async function startWebhookWorker(world: World, hooks: ReturnType<typeof webhooksOf>): Promise<() => unknown> {
  const { client, taskQueue, native, log, sql: database } = world
  const worker = await Worker.create({
    connection: native,
    taskQueue: webhookQueue(taskQueue),
    activities: createWebhookActivities(hooks.dependencies),
  })
  const working = worker.run()
  const dispatcher = hooks.start(createEndpointStart({ client, taskQueue }))
  const runs = startEndpointDispatcher({ client, taskQueue, log, database, every: 200 })
  return async () => {
    worker.shutdown()
    await Promise.all([dispatcher.stop(), runs.stop(), working])
    await hooks.close()
  }
}

/** Ends the current pause of an endpoint. Those of production last from ten seconds to an hour. */
export const endPause = ({ sql }: World, endpointId: string) => sql`
  update webhook_health set retry_at = now(), wake_at = case when state = 'failing' then now() end
  where endpoint_id = ${endpointId} and leased_until is null`
