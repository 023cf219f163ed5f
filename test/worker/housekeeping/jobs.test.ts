import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { startHousekeeping } from '../../../worker/housekeeping.ts'
import { addJob, dailyJobs, insertOwnersOfJobs, isLeft, jobsOfMinutes } from '../../support/worker/housekeeping-jobs.ts'
import type { Job } from '../../support/worker/housekeeping-jobs.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Housekeeping runs each of its jobs, at the pace of the job. What a job deletes and what it keeps has its own tests.

const [minute, day] = [60_000, 86_400_000]
const allDaily = Object.values(dailyJobs)
const marker = jobsOfMinutes['counts of calls']!

let world: World
let house: ReturnType<typeof startHouse>
beforeAll(async () => {
  world = await createWorld({ worker: false, listen: true })
  await insertOwnersOfJobs(world.sql)
})
afterAll(() => world.close())
beforeEach(() => {
  house = startHouse()
})
afterEach(() => house.leave())

/** Starts housekeeping, whose clocks stand still but for `endMinute`. */
function startHouse() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  // Whole milliseconds: sums of fractions can end just before the end of a day.
  let time = Math.floor(performance.now())
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time)
  const stop = startHousekeeping(world.sql, world.gateways, world.log, {
    settingDefaults: builtInSettings,
    gatewayEventRetention: 90,
  })
  return {
    /** Ends a minute of the timer, `milliseconds` after the one before. */
    endMinute(milliseconds = minute) {
      time += milliseconds
      vi.advanceTimersByTime(minute)
    },
    /** Waits for the cleanup under way, which would deal with rows of the next test. */
    async leave() {
      await stop()
      clock.mockRestore()
      vi.useRealTimers()
    },
  }
}

const add = (jobs: Job[]) => Promise.all(jobs.map((job) => addJob(world.sql, job)))
const listLeft = (jobs: Job[]) => Promise.all(jobs.map((job) => isLeft(world.sql, job)))
const done = (...jobs: Job[]) =>
  until(
    () => listLeft(jobs),
    (left) => !left.includes(true),
    20_000,
  )

/** Ends a minute and waits for what each one does. */
async function endMinute(milliseconds?: number): Promise<void> {
  await add([marker])
  house.endMinute(milliseconds)
  await done(marker)
}

test.each(Object.entries({ ...dailyJobs, ...jobsOfMinutes }))('housekeeping deals with %s', async (_, job) => {
  await add([job])
  expect(await listLeft([job])).toEqual([true])
  house.endMinute()
  await done(job)
})

test('a timer runs them each minute', async () => {
  await house.leave()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  const began = Date.now()
  const stop = startHousekeeping(world.sql, world.gateways, world.log, {
    settingDefaults: builtInSettings,
    gatewayEventRetention: 90,
  })
  vi.advanceTimersToNextTimer()
  expect(Date.now() - began).toBe(minute)
  await stop()
})

test('what is kept for days is looked for once a day, and not in the minutes between', async () => {
  await add(allDaily)
  house.endMinute()
  await done(...allDaily)
  await add(allDaily)
  for (const pause of [minute, minute, 12 * 3_600_000, day - 12 * 3_600_000 - 2 * minute - 1]) {
    await endMinute(pause)
    expect(await listLeft(allDaily)).toEqual(allDaily.map(() => true))
  }
  house.endMinute(1)
  await done(...allDaily)
})

test('after a failure it is looked for again a minute later', async () => {
  await add(allDaily)
  await world.sql`alter table gateway_events rename to gateway_events_elsewhere`
  house.endMinute()
  await until(() => world.logged.some((line) => line.includes('housekeeping failed')))
  await world.sql`alter table gateway_events_elsewhere rename to gateway_events`
  house.endMinute()
  await done(...allDaily)
})
