import { faults, flows, type Cell, type Flow, type MoneyCall } from './calls.ts'
import { journeys } from './journeys.ts'
import type { Outcome } from './run.ts'
import type { End, Problem } from './verdict.ts'

const signs: Record<End, string> = { right: '✓', again: 'again', person: 'operator', wrong: 'WRONG' }

/** Returns the whole matrix as a Markdown page: one table per flow, then the totals. */
export function pageOf(outcomes: Outcome[], { seconds, date }: { seconds: number; date: string }): string {
  return `# The fault matrix

Written by \`npm run matrix\` on ${date}: one onboarding per cell, on real PostgreSQL and Temporal servers and
the two simulators ([faults](simulators.md)). In each onboarding, one call to the gateway fails: once (left of
the slash) and three times in a row (right). With "key forgotten", the response is lost and the gateway's clock
advances past the expiry of the key before the call is repeated.

- \`✓\`: the onboarding ended correctly, without intervention: with one charge that is not refunded; without a
  charge if a method is only saved (setup, save wallet) or if it was canceled after a decline (cancel payment);
  with one charge that was refunded, and the payment method removed, if it was canceled after the charge (refund,
  detach method, delete token) or closed later (… at close); with one charge of which exactly two parts were
  refunded (refund a part).
- "One payer for all": all customers pay with the same PayPal account, for which PayPal keeps one payment token.
  So do two active customers in two organizations, who must still have it at the end.
- \`again\`: as \`✓\`, but the submitted card or approval expired at the gateway during the outage. The page told
  the customer that nothing was charged, and the customer entered a card or approved again.
- \`operator\`: as \`✓\`, but an operator was needed in the meantime.
- \`-\`: the call has no key, or is never repeated once the gateway might have forgotten the key (then an operator is
  needed: \`test/payments/paypal/unknown-single-step-orders.test.ts\`).

${flows.map((flow) => tableOf(flow, outcomes)).join('\n')}
## Counts

${countsOf(outcomes, seconds)}

## When an operator is needed

${personsOf(outcomes)}
`
}

function tableOf(flow: Flow, outcomes: Outcome[]): string {
  const row = (fields: string[]) => `| ${fields.join(' | ')} |\n`
  const of = (call: MoneyCall) =>
    faults.map((kind) => fieldOf(outcomes, (cell) => cell.flow === flow && cell.call === call && cell.kind === kind))
  const names = faults.map(({ name }) => name)
  const rows = flow.calls.map((call) => row([call.name, ...of(call)]))
  return `## ${flow.name}\n\n${row(['call', ...names])}${row(['-', ...names].map(() => '-'))}${rows.join('')}`
}

function fieldOf(outcomes: Outcome[], isHere: (cell: Cell) => boolean): string {
  const ends = outcomes.filter(({ cell }) => isHere(cell)).map(({ end }) => signs[end])
  return ends.length === 0 ? '-' : ends.join(' / ')
}

function countsOf(outcomes: Outcome[], seconds: number): string {
  const count = (holds: (outcome: Outcome) => boolean) => outcomes.filter(holds).length
  const has = (kind: Problem['kind']) => count(({ problems }) => problems.some((problem) => problem.kind === kind))
  const charges = outcomes.flatMap(({ found }) => found.charges)
  const rows: [string, number | string][] = [
    ['onboardings', outcomes.length],
    ['calls hit by faults', outcomes.reduce((sum, { found }) => sum + found.hits, 0)],
    ['completed', count(({ found }) => found.result === 'completed')],
    [
      'of these without a charge: nothing was due',
      count(({ found, cell }) => found.result === 'completed' && !journeys[cell.call.journey].charges),
    ],
    ['canceled, as requested', count(({ found }) => found.result === 'canceled')],
    ['charges not refunded', charges.filter(({ amount, refunded }) => refunded < amount).length],
    ['charges refunded', charges.filter(({ amount, refunded }) => refunded === amount).length],
    ['charged twice', has('double')],
    ['lost', has('lost')],
    ['stuck', has('stuck')],
    ['waiting for an operator at the end', has('waits')],
    ['payment methods of others lost', Math.max(0, ...outcomes.map(({ found }) => found.othersGone))],
    ['other problems', has('other')],
    ['customers asked again', count(({ end }) => end === 'again')],
    ['needed an operator', shareOf(outcomes)],
    ['duration', `${Math.round(seconds)} s`],
  ]
  return `\`\`\`\n${rows.map(([name, value]) => `${name.padEnd(48)}${String(value).padStart(6)}`).join('\n')}\n\`\`\``
}

const called = (outcomes: Outcome[]) => outcomes.filter(({ found }) => found.persons.length > 0)

function shareOf(outcomes: Outcome[]): string {
  const persons = called(outcomes).length
  return `${persons} of ${outcomes.length} (${((100 * persons) / outcomes.length).toFixed(1)} %)`
}

/** Lists the reasons for an operator, each with its cells. */
function personsOf(outcomes: Outcome[]): string {
  const byReason = new Map<string, Map<string, number[]>>()
  for (const { cell, found } of called(outcomes)) {
    for (const reason of new Set(found.persons.map((each) => each.split('/')[0]!))) {
      const fields = byReason.get(reason) ?? new Map<string, number[]>()
      const name = `${cell.flow.name}: ${cell.call.name}, ${cell.kind.name}`
      byReason.set(reason, fields.set(name, [...(fields.get(name) ?? []), cell.times]))
    }
  }
  const said = [...byReason].map(([reason, fields]) => {
    const lines = [...fields].map(([name, times]) => `- ${name}: ${times.map((n) => `${n} ×`).join(', ')}`)
    return `\`${reason}\`${explained[reason] ?? ''}\n\n${lines.join('\n')}`
  })
  return said.join('\n\n') || 'Never.'
}

const explained: Record<string, string> = {
  gateway_refused: `: the gateway rejected our key. Nothing was executed, and an immediate retry cannot
help: \`onboarding.needs_person\` is raised, the onboarding shows \`blocked_on: operator\` with the time of the
next retry, and the call is retried after 15 s and then at growing intervals (here after 4 s), or immediately by
\`retryNow\`. If the key works again, as here, nobody has to act. PayPal's access tokens expire: after the first
rejection the service gets a new token, and only a second one in a row needs an operator. If the page's own call
fails (setup token), the customer repeats it; meanwhile the page hides the gateway.`,
}

/** Returns the problems by cell. */
export const problemsOf = (outcomes: Outcome[]): string[] =>
  outcomes
    .filter(({ end }) => end === 'wrong')
    .map(
      ({ cell, problems, found, failed }) =>
        `${cell.flow.name}: ${cell.call.name}, ${cell.kind.name}, ${cell.times} ×: ` +
        `${problems.map(({ text }) => text).join('; ')} ${JSON.stringify(found)}; failed: ${failed.join(', ')}`,
    )
