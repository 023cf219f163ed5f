import type { RunningProcess } from '../../local/processes.ts'
import { SupervisedProcess } from '../supervised-process.ts'

/** Where servers are started. */
export interface Place {
  folder: string
  logFile(name: string): string
  say(line: string): void
  /** Cleanup steps, newest last. */
  cleanup: (() => Promise<void>)[]
}

/** Starts a process that is restarted whenever it exits. */
export async function keep(place: Place, start: () => Promise<RunningProcess>): Promise<SupervisedProcess> {
  const kept = await new SupervisedProcess(start).start()
  place.cleanup.push(() => kept.stop())
  return kept
}
