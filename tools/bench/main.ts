import { name, refuse } from './arguments.ts'

const programs: Record<string, string> = {
  flow: './flow/flow-against-naive.ts',
  api: './api.ts',
  accounts: './accounts/main.ts',
  fairness: './fairness/main.ts',
  documents: './documents.ts',
  bulk: './bulk/main.ts',
  live: './live/main.ts',
  page: './page/main.ts',
  pages: './pages/main.ts',
  webhooks: './webhooks/main.ts',
  telemetry: './telemetry/main.ts',
}
if (!Object.hasOwn(programs, name)) refuse(`Unknown measurement: ${JSON.stringify(name)}.`)
await import(programs[name]!)
