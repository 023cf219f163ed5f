import type { Client } from '@temporalio/client'
import type { Logger } from 'pino'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { gatewayEventFound } from '../../metrics/gateways.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { readEvents, type ListDependencies } from '../../payments/gateway-events/read-events.ts'
import {
  addEventLists,
  claimDueEventLists,
  finishEventList,
  postponeEventList,
  stopEventList,
  type DueEventList,
} from '../../store/charges/event-lists.ts'
import { moneyStart, moneyType, recordChanged } from '../../workflows/messages.ts'
import { repeatEvery } from '../repeat.ts'

interface Dependencies extends Pick<ActivityDependencies, 'database' | 'gateways' | 'settingDefaults'> {
  client: Client
  taskQueue: string
  log: Logger
  /** Milliseconds between polls. */
  every?: number
}

/** Accounts whose events a worker reads at the same time: one that hangs takes the place of few others. */
const atOnce = 10
/** Milliseconds after which an account goes on after the others, but for its last call. */
const turn = 20_000
const deadline = 2_000
// Seconds.
const minute = 60
const hour = 3_600
const day = 86_400

/**
 * Reads the gateways' lists of events every 10 minutes, for what webhooks did not bring. Each account has a row with
 * its own cursor, due time and turns, so that none waits for another.
 */
export function startEventLists({ every = 10_000, ...d }: Dependencies): { stop(): Promise<void> } {
  const reading = new Set<Promise<void>>()
  let isStopping = false
  const warn = (error: unknown) =>
    d.log.warn({ code: (error as { code?: string }).code }, 'due lists of events could not be read; retrying')
  const readDue = async () => {
    const ofInstallation = d.gateways.listOfInstallation().map(({ accountId }) => accountId)
    await addEventLists(d.database, ofInstallation)
    for (const list of await claimDueEventLists(d.database, atOnce - reading.size)) {
      const work: Promise<void> = readList(d, list, () => isStopping)
        .catch(warn)
        .finally(() => reading.delete(work))
      reading.add(work)
    }
  }
  const polls = repeatEvery(every, readDue, warn)
  return {
    async stop() {
      isStopping = true
      await polls.stop()
      await Promise.all(reading)
    },
  }
}

/** Reads the list of an account for one turn, and makes it due again. */
async function readList(d: Dependencies, list: DueEventList, isStopping: () => boolean): Promise<void> {
  const { accountId } = list
  const end = Date.now() + turn
  const isOver = () => isStopping() || Date.now() >= end
  let found = 0
  const eventFound = ({ gateway, environment }: GatewayAccount) => {
    found++
    gatewayEventFound(gateway, environment)
  }
  const postpone = (seconds: number) => postponeEventList(d.database, accountId, seconds)
  try {
    const gateway = await d.gateways.of(accountId)
    if (!gateway.listEvents) return await postpone(day)
    const account = await d.gateways.accountOf(accountId)
    const read = await readEvents({ ...listDependencies(d), eventFound }, { ...list, account, gateway, isOver })
    if (read === 'over') return await postpone(0)
    await (read === 'stopped' ? stopEventList(d.database, accountId) : finishEventList(d.database, accountId, read))
  } catch (error) {
    const code = isGatewayError(error) ? error.vendorCode : (error as { code?: string }).code
    d.log.warn({ account: accountId, code }, 'the events of an account could not be listed; retrying')
    // Refused: only a person can change keys and permissions.
    await postpone(isGatewayError(error, 'refused') ? hour : minute)
  } finally {
    if (found > 0) d.log.info({ account: accountId, found }, 'events that no webhook brought were processed')
  }
}

function listDependencies({ client, taskQueue, ...d }: Dependencies): Omit<ListDependencies, 'eventFound'> {
  const settleCharge = async (chargeId: string) => {
    const start = { ...moneyStart(chargeId, taskQueue), signal: recordChanged, signalArgs: [] as [] }
    await client.withDeadline(Date.now() + deadline, () => client.workflow.signalWithStart(moneyType, start))
  }
  return {
    ...d,
    // The run is due in the record: the run dispatcher wakes it within a second.
    runs: { signal: () => {}, settleCharge },
    // Other processes read the record again within seconds (docs/decisions/0010).
    afterAccountChange: () => {},
  }
}
