import { proxyActivities } from '@temporalio/workflow'

const { post } = proxyActivities<{ post(url: string, id: string): Promise<void> }>({ startToCloseTimeout: '20s' })

/** What a delivery would be as a workflow of its own: one activity, which sends the request. */
export async function deliver(url: string, id: string): Promise<void> {
  await post(url, id)
}
