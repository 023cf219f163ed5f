import { expect } from 'vitest'
import { bulkWorkflowId } from '../../../domain/bulk/bulk.ts'
import { moneyWorkflowId } from '../../../domain/onboarding/run.ts'
import { endpointWorkflowId } from '../../../domain/webhooks/endpoint.ts'
import { command, contactsFile, untilStatus, upload } from '../../bulk/bulk.ts'
import { chargesIn } from '../../payments/charges/charge-of.ts'
import { rejectPayments } from '../payments/reject-payments.ts'
import { until } from '../until.ts'
import type { webhooksOf } from '../webhooks/deliveries.ts'
import { startReceiver } from '../webhooks/receiver.ts'
import { endPause } from '../webhooks/worker.ts'
import type { World } from '../world/world.ts'

/** A live run of a test. */
export interface LiveRun {
  /** Its workflow id. */
  id: string
  /** What Temporal UI shows of it. */
  texts: string[]
  /** Lets it end and expects the right outcome. */
  end(): Promise<void>
}

/** Makes live runs of every type that waits, in a world with PayPal and a worker for webhooks. */
export function liveRunsIn(world: World, hooks: ReturnType<typeof webhooksOf>, later: (close: () => unknown) => void) {
  const workflowIdOf = async (bc: string) => (await world.billingCustomer(bc)).onboarding.workflow_id as string
  const blockedOn = (bc: string, on: string) =>
    until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === on)
  const detailsOf = async (workflowId: string) => {
    const metadata = await world.client.workflow.getHandle(workflowId).query('__temporal_workflow_metadata')
    return (metadata as { currentDetails: string }).currentDetails
  }

  /** Waits until Temporal UI shows a text in the details of a run, which may not have started yet. */
  const untilDetails = (workflowId: string, text: string) =>
    until(
      () => detailsOf(workflowId).catch(String),
      (details) => details.includes(text),
    )

  /** A customer who has not paid yet. */
  async function waiting() {
    const { bc, page } = await world.openSetup()
    await blockedOn(bc, 'customer')
    const end = async () => {
      await page.submitCard()
      expect(await world.ended(bc)).toBe('completed')
      expect((await world.ledger(bc)).charges).toHaveLength(1)
    }
    return { id: await workflowIdOf(bc), texts: [`Onboarding 1 of ${bc}`, `Billing customer \`${bc}\``], end }
  }

  /** A payment that needs an operator. */
  async function blockedOnOperator() {
    const { bc, page } = await world.openSetup()
    const { onboarding } = await world.billingCustomer(bc)
    const permit = await rejectPayments(world, onboarding.id)
    await page.submitCard()
    await blockedOn(bc, 'operator')
    const end = async () => {
      await permit()
      expect(await world.ended(bc)).toBe('completed')
      expect((await world.ledger(bc)).charges).toHaveLength(1)
    }
    return { id: onboarding.workflow_id as string, texts: [`Onboarding 1 of ${bc}`], end }
  }

  async function replacing() {
    const { bc, page } = await world.openSetup()
    await page.submitCard()
    await world.ended(bc)
    const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
    const id = (await workflowIdOf(bc)).replace('onboarding/', 'replacement/')
    await until(
      () => world.runStatus(id).catch(() => ''),
      (status) => status === 'RUNNING',
    )
    const end = async () => {
      const free = { amount: 0, currency: 'USD' }
      await world.pageOf(body.replacement.setup_url).submitCard('5555555555554444', free)
      await until(async () => (await world.billingCustomer(bc)).replacement.status === 'completed')
      expect((await world.ledger(bc)).charges).toHaveLength(1)
    }
    return { id, texts: [`of ${bc}`, 'replacement `'], end }
  }

  /** A refund that the gateway has not decided. */
  async function refunding() {
    const charges = chargesIn(world)
    await world.simulatePayPal('settings', { refund_status: 'PENDING' })
    const { id } = await charges.paid('paypal')
    await charges.refund(id)
    await untilDetails(moneyWorkflowId(id), 'gateway')
    const end = async () => {
      const { refunds } = await charges.get(id)
      await world.simulatePayPal(`refunds/${refunds[0].gateway_refund_id}`, { status: 'COMPLETED' })
      await world.client.workflow.getHandle(moneyWorkflowId(id)).signal('recordChanged')
      await charges.becomes(id, 'refunded')
    }
    return { id: moneyWorkflowId(id), texts: [`Settle charge ${id}`], end }
  }

  async function pausedBulk() {
    const { file } = contactsFile(world, 120)
    const { body } = await until(
      () => upload(world, file, { query: '?rows_per_second=1' }),
      ({ status }) => status < 300,
    )
    const reference = { environment: 'sandbox', organizationId: world.seeds.org_id, bulkId: body.id } as const
    await until(async () => (await command(world, body.id, 'pause')).status === 200)
    await untilDetails(bulkWorkflowId(reference), 'paused')
    const end = async () => {
      await command(world, body.id, 'cancel')
      await untilStatus(world, body.id, 'canceled')
    }
    return { id: bulkWorkflowId(reference), texts: [`Bulk onboarding ${body.id}`, 'sandbox'], end }
  }

  async function failingEndpoint() {
    const receiver = await startReceiver()
    later(() => receiver.close())
    receiver.reply(() => 503)
    const { id: endpointId } = await hooks.endpoint(receiver.url)
    for (let i = 0; i < 6; i++) await world.openSetup()
    const stateIs = async (wanted: string) => {
      const [health] = await world.sql`select state from webhook_health where endpoint_id = ${endpointId}`
      return health?.state === wanted
    }
    const untilState = (wanted: string) =>
      until(async () => {
        if (await stateIs(wanted)) return true
        await endPause(world, endpointId)
        return false
      })
    await untilState('failing')
    const id = endpointWorkflowId({ ...hooks.tenant, endpointId })
    await until(
      () => world.runStatus(id).catch(() => ''),
      (status) => status === 'RUNNING',
    )
    const end = async () => {
      receiver.reply(() => 200)
      await untilState('healthy')
      expect((await world.client.workflow.getHandle(id).result()) as unknown).toEqual({ recovered: true })
    }
    return { id, texts: [`Recover webhook endpoint ${endpointId}`], end }
  }

  return {
    detailsOf,
    waiting,
    /** Two customers who have not paid yet, and one run of every other kind. */
    all: (): Promise<LiveRun[]> =>
      Promise.all([
        waiting(),
        waiting(),
        blockedOnOperator(),
        replacing(),
        refunding(),
        pausedBulk(),
        failingEndpoint(),
      ]),
  }
}
