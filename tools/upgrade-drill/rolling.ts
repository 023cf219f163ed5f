import type { RunningProcess } from '../local/processes.ts'
import type { Build } from './builds.ts'
import type { Drill } from './drill.ts'
import { situations } from './people.ts'
import { stopProgram } from './stack.ts'

const pays = (situation: string) => situation.startsWith('pays')

/**
 * The old build, the new one beside it and then alone, back, and in again, with onboardings in every situation. Returns
 * the programs of the new build, which run.
 */
export async function rollInAndBack(drill: Drill, old: Build, now: Build): Promise<Programs> {
  const { stack, open, finish } = drill
  const { say } = stack
  const first = { worker: await stack.start(old, 'worker/main'), api: await stack.start(old, 'api/main') }
  const people = await open(situations)
  say(`${people.length} onboardings on ${old.name}: ${situations.join(', ')}`)

  say(`migrations under ${old.name}: ${await stack.migrate(now)}`)
  await finish(await open(['pays', 'pays by wallet']))
  say(`${old.name} onboards on the new schema`)
  const checked = await stack.admin(now, ['check-upgrade', '--json'])
  drill.expect(checked.code === 0, `check-upgrade accepts this build: ${checked.output.trim().slice(0, 600)}`)

  // Payments are made while both workers poll, and while the old one drains.
  const next = await replace(drill, first, now, {}, () =>
    Promise.all(people.filter(({ situation }) => pays(situation)).map((person) => person.pay())),
  )
  const half = people.filter((_, i) => i % 2 === 0)
  await finish(half)
  await drill.expectNoFailedTasks('after the switch')

  const begunByNew = await open(situations)
  say(`back to ${old.name}, with ${begunByNew.length} onboardings of this build`)
  const back = await replace(drill, next, old, { ALLOW_NEWER_SCHEMA: 'true' }, () =>
    Promise.all(begunByNew.filter(({ situation }) => pays(situation)).map((person) => person.pay())),
  )
  await finish(people.filter((_, i) => i % 2 === 1))
  await finish(begunByNew.filter((_, i) => i % 2 === 0))
  await drill.expectNoFailedTasks('after the rollback')

  say('and in again')
  const again = await replace(drill, back, now)
  await finish(begunByNew)
  await drill.expectRight('rolled in, back and in again')
  return again
}

export interface Programs {
  worker: RunningProcess
  api: RunningProcess
}

/** Replaces the worker, with both beside each other for a moment, and then the API. */
export async function replace(
  { stack }: Drill,
  running: Programs,
  by: Build,
  env: NodeJS.ProcessEnv = {},
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Programs> {
  const worker = await stack.start(by, 'worker/main', env)
  const busy = meanwhile()
  await stopProgram(running.worker)
  await busy
  await stopProgram(running.api)
  return { worker, api: await stack.start(by, 'api/main', env) }
}
