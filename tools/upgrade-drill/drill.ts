import { countAll, countFailedTasks, problemsOf } from './counts.ts'
import { openPeople, waitFor, type Person, type Situation } from './people.ts'
import type { Stack } from './stack.ts'

/** What the parts of a drill share: its customers so far, and what went wrong. */
export interface Drill {
  stack: Stack
  /** Opens an onboarding in each of these situations, times the size of the drill. */
  open(list: readonly Situation[]): Promise<Person[]>
  /** Lets these complete, those that have not yet. */
  finish(people: Person[]): Promise<void>
  expect(holds: boolean, what: string): void
  /** Expects every customer so far to be active, charged once and enrolled once, in the record and at the gateways. */
  expectRight(what: string): Promise<void>
  expectNoFailedTasks(when: string): Promise<void>
  failedTasks(): Promise<number>
  /** Failed tasks so far were asked for. */
  forgetFailedTasks(): void
  problems: string[]
}

/** `size`: onboardings in each situation. */
export function createDrill(stack: Stack, size: number): Drill {
  const { say } = stack
  const finished = new Set<Person>()
  const problems: string[] = []
  let [people, replaced, since] = [0, 0, 0]
  const expect = (holds: boolean, what: string) => {
    say(`${holds ? 'ok ' : 'NOT'} ${what}`)
    if (!holds) problems.push(what)
  }
  const failedTasks = () => countFailedTasks(stack, since)
  return {
    stack,
    problems,
    async open(list) {
      const opened = await openPeople(
        stack,
        list.flatMap((situation) => Array.from({ length: size }, () => situation)),
      )
      people += opened.length
      replaced += opened.filter(({ situation }) => situation === 'replaces its method').length
      return opened
    },
    async finish(list) {
      const open = list.filter((person) => !finished.has(person))
      for (const person of open) finished.add(person)
      await Promise.all(open.map((person) => person.finish()))
    },
    expect,
    async expectRight(what) {
      const right = async () => problemsOf(await countAll(stack), people, replaced).length === 0
      // The record is complete a moment after the page.
      await waitFor(what, right).catch(() => {})
      const counts = await countAll(stack)
      const wrong = problemsOf(counts, people, replaced)
      expect(wrong.length === 0, `${what}: ${wrong.join(', ') || JSON.stringify(counts)}`)
    },
    async expectNoFailedTasks(when) {
      const failed = await failedTasks()
      expect(Object.keys(failed).length === 0, `failed workflow tasks ${when}: ${JSON.stringify(failed)}`)
    },
    failedTasks: async () => Object.values(await failedTasks()).reduce((sum, count) => sum + count, 0),
    forgetFailedTasks() {
      since = Date.now()
    },
  }
}
