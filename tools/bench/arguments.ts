import { readArguments, refuseArguments } from '../../runtime/arguments.ts'

const usage = `npm run bench -- [name] [numbers] [--save]

  [rounds]                                our flow compared with a naive one (default: 3)
  api [rounds] [concurrency] [contacts]   single calls compared with a bare handler (default: 100, 16, 2000)
  accounts [seconds] [per second]         onboardings while another account fails (default: 30, 4)
  fairness [minutes] [loops]              one organization's largest reads during another's calls (default: 2, 8)
  documents [minutes] [connections]       requests for documents without a key during calls (default: 2, 16)
  page [payments] [visits]                the hosted page in a browser (default: 50, 10)
  webhooks [events] [rounds]              CPU of deliveries, of onboardings with an endpoint (default: 10000, 3)
  telemetry [rounds] [seconds] [runs]     cost of traces and metrics, of calls and of onboardings (default: 5, 3, 320)
  pages [pages] [seconds]                 open pages: memory, database load, delay, commits (default: 10000, 20)
  bulk [rows] [rows/s] [starts/s]         a file of contacts, to its last row (default: 100000, 100; starts left ahead)
  live [onboardings] [minutes] [wakes/s]  onboardings that wait: memory, idle CPU, lists (default: 100000, 3, 50)

  --beside <folder>  for page: another checkout of this repository, with its packages, whose page is measured as well
  --save  writes the results to tools/bench/results/, which is committed (default: tools/bench/results/unsaved/)`

const { values, positionals } = readArguments(usage, {
  options: { save: { type: 'boolean', default: false }, beside: { type: 'string' } },
  allowPositionals: true,
})
const [first = 'flow', ...rest] = positionals
const hasName = !/^\d/.test(first)

/** The name of the measurement. */
export const name = hasName ? first : 'flow'
export const save = values.save
/** The folder of another checkout that is measured as well. */
export const beside = values.beside
export const refuse = (message: string): never => refuseArguments(usage, message)

/** The numbers that follow the name. */
export const numbers = (hasName ? rest : positionals).map((text) =>
  /^\d+(\.\d+)?$/.test(text) && Number(text) > 0 ? Number(text) : refuse(`${text} must be a number greater than 0.`),
)
