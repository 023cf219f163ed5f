import { escaped } from '../../runtime/terminal.ts'
import { beforeStart } from '../../runtime/start.ts'
import { exitWithoutOutput, stopOnSignals } from '../../runtime/stop.ts'
import { listen } from './listen.ts'
import { readSettings, usage } from './settings.ts'

exitWithoutOutput()
const args = process.argv.slice(2)
if (args.includes('--help')) {
  console.log(usage)
  process.exit(0)
}
const stopping = new AbortController()
stopOnSignals(() => stopping.abort())
// Ids, types and errors come from the service.
const say = (line: string) => console.log(escaped(line))
await beforeStart(() => listen(readSettings(args, process.env), say, stopping.signal))
process.exit(0)
