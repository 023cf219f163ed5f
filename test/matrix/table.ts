import { faults, flows, type Cell, type Flow, type MoneyCall } from './calls.ts'
import { journeys } from './journeys.ts'
import type { Outcome } from './run.ts'
import type { End, Problem } from './verdict.ts'

const signs: Record<End, string> = { right: '✓', again: 'again', person: 'person', wrong: 'WRONG' }

/** The whole matrix as a Markdown page: one table a flow, then what was counted. */
export function pageOf(outcomes: Outcome[], { seconds, date }: { seconds: number; date: string }): string {
  return `# The fault matrix

Written by \`npm run matrix\` on ${date}: one onboarding for each field, on a real PostgreSQL and Temporal server and the two simulators
([faults](simulators.md)). In each, one call to the gateway goes wrong: once (left of the stroke) and three times in a row (right). Where
a key is forgotten the answer is lost and the gateway's clock is put past the life of the key before the call is made again.

- \`✓\`: it ended as it should, all by itself. With one charge that stands; with none where a method is only saved (set-up, save wallet)
  or where it was canceled after a decline (cancel payment); with one that was returned, and the payment method taken away, where it was canceled
  after the money had moved (refund, detach method, delete token).
- "One payer for all": everybody pays with the same PayPal account, of which PayPal keeps one payment token, and so do two active customers in
  two organizations, who must have it at the end.
- \`again\`: as \`✓\`, after the customer was told that nothing was charged and entered or approved once more: what had been submitted
  expired at the gateway while nobody answered.
- \`person\`: as \`✓\`, and a person was called meanwhile.
- \`-\`: the call has no key, or is never made again once that may be forgotten (a person is asked then: \`test/payments/paypal-single-step.test.ts\`).

${flows.map((flow) => tableOf(flow, outcomes)).join('\n')}
## Counted

${countsOf(outcomes, seconds)}

## Where a person is called

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
      'of these without a charge, as nothing was due',
      count(({ found, cell }) => found.result === 'completed' && !journeys[cell.call.journey].charges),
    ],
    ['canceled, as the customer asked', count(({ found }) => found.result === 'canceled')],
    ['charges that stand', charges.filter(({ amount, refunded }) => refunded < amount).length],
    ['charges returned', charges.filter(({ amount, refunded }) => refunded === amount).length],
    ['charged twice', has('double')],
    ['lost', has('lost')],
    ['stuck', has('stuck')],
    ['waiting for a person at the end', has('waits')],
    ['payment methods of others gone', Math.max(0, ...outcomes.map(({ found }) => found.othersGone))],
    ['wrong otherwise', has('other')],
    ['asked the customer again', count(({ end }) => end === 'again')],
    ['called a person', shareOf(outcomes)],
    ['duration', `${Math.round(seconds)} s`],
  ]
  return `\`\`\`\n${rows.map(([name, value]) => `${name.padEnd(48)}${String(value).padStart(6)}`).join('\n')}\n\`\`\``
}

const called = (outcomes: Outcome[]) => outcomes.filter(({ found }) => found.persons.length > 0)

function shareOf(outcomes: Outcome[]): string {
  const persons = called(outcomes).length
  return `${persons} of ${outcomes.length} (${((100 * persons) / outcomes.length).toFixed(1)} %)`
}

/** Why, for each field: a reason holds for many of them. */
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
  return said.join('\n\n') || 'Nowhere.'
}

const explained: Record<string, string> = {
  gateway_refused: `: the gateway did not accept our key. Nothing was carried out, and trying at once cannot help: \`onboarding.needs_person\` is
raised, the onboarding shows \`blocked_on: operator\` with the time of the next try, and it is tried again after 15 s and then in growing pauses
(here after 4 s), or at once by \`retryNow\`. Nobody has to do anything where the key works again, as here. PayPal's access tokens end
by themselves: the first refusal is met with a new token, and only a second one in a row calls a person. What the page asks for itself (setup token) is
asked for again by the customer; meanwhile the page hides the gateway.`,
}

/** What is wrong, by field. */
export const problemsOf = (outcomes: Outcome[]): string[] =>
  outcomes
    .filter(({ end }) => end === 'wrong')
    .map(
      ({ cell, problems, found }) =>
        `${cell.flow.name}: ${cell.call.name}, ${cell.kind.name}, ${cell.times} ×: ${problems.map(({ text }) => text).join('; ')} ${JSON.stringify(found)}`,
    )
