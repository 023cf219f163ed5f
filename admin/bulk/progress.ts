import type { RowCounts } from '../../domain/bulk/bulk.ts'

const shown = (count: number) => count.toLocaleString('en-US')
const barWidth = 30
/** Seconds between two lines if the output is not a terminal. */
const lineInterval = 10

/** Returns a duration in seconds as `1 h 23 min`, `23 min` or `45 s`. */
export function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (seconds < 90) return `${Math.round(seconds)} s`
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Returns the progress in one line. `perSecond` is the measured rate, 0 if none was measured yet. */
export function progressLine(counts: RowCounts, perSecond: number, status: string): string {
  const { total, ready, done, failed } = counts
  const finished = total - ready
  const filled = total === 0 ? barWidth : Math.floor((finished / total) * barWidth)
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}]`
  const left = perSecond > 0 ? `, ${durationText(ready / perSecond)} left` : ''
  const rate = status === 'running' ? `${perSecond.toFixed(1)}/s${left}` : status
  return `${bar} ${shown(finished)} of ${shown(total)}  ${shown(done)} done, ${shown(failed)} failed  ${rate}`
}

interface Output {
  isTTY?: boolean
  write(text: string): unknown
}

/** Shows progress as a bar that is redrawn, or as a line every 10 seconds if the output is not a terminal. */
export function createProgress(out: Output, now: () => number = () => performance.now()) {
  const began = { at: now(), finished: undefined as number | undefined }
  let lastLine = -Infinity
  return {
    show(counts: RowCounts, status: string): void {
      const finished = counts.total - counts.ready
      began.finished ??= finished
      const seconds = (now() - began.at) / 1_000
      const line = progressLine(counts, seconds > 0 ? (finished - began.finished) / seconds : 0, status)
      if (out.isTTY) out.write(`\r\x1b[K${line}`)
      else if (now() - lastLine >= lineInterval * 1_000 || status !== 'running') {
        lastLine = now()
        out.write(`${line}\n`)
      }
    },
    end: () => void (out.isTTY && out.write('\n')),
  }
}
