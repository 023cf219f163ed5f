import { gatewayFacts } from '../../gateways/list.ts'
import type { BlockedOn, Environment } from '../../lifecycle.ts'
import type { LinkBases, RunNotes } from '../run-notes.ts'

/** The sections of docs/operations.md, by whom a run waits for. */
const sections: Record<BlockedOn, string> = {
  operator: 'when-an-operator-is-needed',
  gateway: 'onboardingswaitforgateway',
  customer: 'inspecting-onboardings',
}

interface Shown {
  billingCustomerId: string
  environment: Environment
  blockedOn: BlockedOn | null
}

/** Returns a Markdown line with links to the record, the runbook and the gateway's dashboard. It contains ids only. */
export function linksText({ billingCustomerId, environment, blockedOn }: Shown, notes: RunNotes, bases?: LinkBases) {
  const section = `#${sections[blockedOn ?? 'customer']}`
  const runbook = bases?.runbook ? `[runbook](${bases.runbook}${section})` : `runbook \`docs/operations.md${section}\``
  const record = bases ? [`[API record](${bases.api}/v1/billing_customers/${billingCustomerId})`] : []
  return [...record, runbook, ...objectText(environment, notes, bases)].join(' · ')
}

function objectText(environment: Environment, { object }: RunNotes, bases?: LinkBases): string[] {
  if (!object) return []
  const { title, dashboardOf } = gatewayFacts[object.gateway]
  const isSimulated = environment === 'sandbox' && (bases?.simulated ?? []).includes(object.gateway)
  const url = isSimulated ? undefined : dashboardOf(environment, object.kind, object.id)
  return [url ? `[${title} \`${object.id}\`](${url})` : `${title} \`${object.id}\``]
}
