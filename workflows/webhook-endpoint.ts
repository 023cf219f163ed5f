import {
  CancellationScope,
  allHandlersFinished,
  condition,
  setHandler,
  type ApplicationFailure,
} from '@temporalio/workflow'
import type { EndpointCommand } from '../activities/webhooks/read-endpoint-health.ts'
import { standingText, whyNotEndpointReference, type EndpointReference } from '../domain/webhooks/endpoint.ts'
import { showDetails } from './display.ts'
import { checkUpdate, invalidInput, runFailure, whyNotDecoded } from './input.ts'
import {
  disableEndpointUpdate,
  enableEndpointUpdate,
  endpointTexts,
  recordChanged,
  retryNowUpdate,
} from './messages.ts'
import { databaseStep, tryEndpoint } from './steps.ts'
import { continueRun, listenForReadRequests, type ReadRequests } from './read-requests.ts'

const readEndpointHealth = databaseStep('readEndpointHealth')
const applyEndpointCommand = databaseStep('applyEndpointCommand')
/** Milliseconds until the next read if another process serves the endpoint. */
const whileBusy = 10_000

/**
 * Retries a failing webhook endpoint with one event at a time, at increasing intervals, until it accepts one or is
 * disabled. Holds no state of its own: it can be lost and started again at any time.
 */
export async function webhookEndpoint(endpoint: EndpointReference): Promise<{ recovered: boolean }> {
  const wrong = whyNotDecoded(endpoint) ?? whyNotEndpointReference(endpoint)
  if (wrong) throw invalidInput(wrong)
  const requests = listenForReadRequests(
    [{ signal: recordChanged, description: 'The endpoint changed: read it' }],
    () => continueRun<typeof webhookEndpoint>(endpoint),
  )
  handleUpdates(endpoint, requests)
  // Nothing below is canceled: a cancellation request becomes a `disable` command.
  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      await requests.shorten()
      const standing = await readEndpointHealth(endpoint)
      if (!standing) return finish(false)
      showDetails(endpointTexts(endpoint), standingText(standing, Date.now()))
      if (standing.disabledBecause === 'failing' || standing.disabledBecause === 'gone')
        throw await givenUp(standing.disabledBecause)
      if (!standing.isEnabled || !standing.isFailing) return finish(standing.isEnabled)
      if (standing.wait > 0) await requests.sleep(standing.wait, 'wait for the receiver')
      else if ((await tryEndpoint(endpoint)) === 'busy') await requests.sleep(whileBusy, 'wait for another process')
    }
  })
}

async function finish(recovered: boolean): Promise<{ recovered: boolean }> {
  await condition(allHandlersFinished)
  return { recovered }
}

async function givenUp(why: 'failing' | 'gone'): Promise<ApplicationFailure> {
  await condition(allHandlersFinished)
  const because = why === 'gone' ? 'the receiver returned 410' : 'no success for 72 hours'
  return runFailure(`the webhook endpoint was disabled: ${because}`, 'WebhookEndpointDisabled')
}

/** Handles the updates that operators send in Temporal UI. A cancellation request disables the endpoint. */
function handleUpdates(endpoint: EndpointReference, requests: ReadRequests): void {
  const carryOut = (command: EndpointCommand): Promise<string> =>
    CancellationScope.nonCancellable(async () => {
      const answer = await applyEndpointCommand(endpoint, command)
      requests.request()
      return answer
    })
  setHandler(retryNowUpdate, () => carryOut('retryNow'), {
    validator: checkUpdate,
    description: 'Retry the endpoint now.',
  })
  setHandler(disableEndpointUpdate, () => carryOut('disable'), {
    validator: checkUpdate,
    description: 'Disable the endpoint. It collects events, but none are sent.',
  })
  setHandler(enableEndpointUpdate, () => carryOut('enable'), {
    validator: checkUpdate,
    description: 'Enable the endpoint and send the events that it collected.',
  })
  void CancellationScope.current().cancelRequested.catch(() => carryOut('disable'))
}
