import { beforeStart } from '../../runtime/start.ts'
import { stopOnSignals } from '../../runtime/stop.ts'
import { listen } from './listen.ts'
import { readSettings, usage } from './settings.ts'

const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(usage)
  process.exit(0)
}
const stopping = new AbortController()
stopOnSignals(() => stopping.abort())
await beforeStart(() => listen(readSettings(args, process.env), console.log, stopping.signal))
process.exit(0)
