import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { stopOnSignals } from '../../../runtime/stop.ts'
import type { Place } from './place.ts'

/** How a command ends that runs programs and has its data in a folder. */
export interface Ending {
  cleanup: Place['cleanup']
  /** Stops all programs and exits. Only the first call takes effect. Removes the folder, or says where its logs are. */
  end(code: number, keepFolder: boolean): Promise<never>
}

/** Ends with 130 on a signal. */
export function createEnding(folder: string): Ending {
  const cleanup: Place['cleanup'] = []
  let ending: Promise<never> | undefined
  const end: Ending['end'] = (code, keepFolder) =>
    (ending ??= (async () => {
      for (const stop of cleanup.splice(0).reverse()) await stop().catch(() => {})
      if (keepFolder) console.log(`logs: ${join(folder, 'logs')}`)
      else rmSync(folder, { recursive: true, force: true })
      process.exit(code)
    })())
  stopOnSignals(() => void end(130, false))
  return { cleanup, end }
}
