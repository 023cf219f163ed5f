import { expect, test } from 'vitest'
import { createProgress, durationText, progressLine } from '../../../admin/bulk/progress.ts'
import { countRows } from '../../../domain/bulk/bulk.ts'

test('the bar shows what is finished, the counts, the rate and the time that is left', () => {
  const counts = countRows({ ready: 50_000, done: 49_960, failed: 37, invalid: 3 })
  expect(progressLine(counts, 20, 'running')).toBe(
    '[###############...............] 50,000 of 100,000  49,960 done, 37 failed  20.0/s, 42 min left',
  )
  expect(progressLine(countRows({ done: 5 }), 0, 'completed')).toBe(
    `[${'#'.repeat(30)}] 5 of 5  5 done, 0 failed  completed`,
  )
  expect([45, 89, 3_000, 5_000].map(durationText)).toEqual(['45 s', '89 s', '50 min', '1 h 23 min'])
})

/** Shows 25 seconds of progress, one row per second, and the end. */
function shownIn(out: { isTTY: boolean }): string {
  let written = ''
  let time = 0
  const progress = createProgress({ ...out, write: (text) => (written += text) }, () => time)
  for (let done = 0; done <= 25; done++, time += 1_000)
    progress.show(countRows({ ready: 25 - done, done }), done < 25 ? 'running' : 'completed')
  progress.end()
  return written
}

test('a terminal has one line that is redrawn; another output a line every 10 seconds, and the last', () => {
  const terminal = shownIn({ isTTY: true })
  expect(terminal.match(/\r/g)).toHaveLength(26)
  expect(terminal.match(/\n/g)).toHaveLength(1)
  expect(terminal).toContain('1.0/s, 5 s left')
  const lines = shownIn({ isTTY: false }).trim().split('\n')
  expect(lines.map((line) => / of 25 .*/.exec(line)![0])).toEqual([
    ' of 25  0 done, 0 failed  0.0/s',
    ' of 25  10 done, 0 failed  1.0/s, 15 s left',
    ' of 25  20 done, 0 failed  1.0/s, 5 s left',
    ' of 25  25 done, 0 failed  completed',
  ])
})
