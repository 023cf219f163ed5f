import { spawnSync } from 'node:child_process'
import { readArguments, wholeNumber } from '../../runtime/arguments.ts'

// Runs the test of generated requests with more requests.

const usage = `npm run fuzz -- [--option value …]

  --requests <number>    number of requests (default: 20000)
  --seed <number>        seed (default: different each time)`
const { values } = readArguments(usage, {
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
})
wholeNumber(usage, '--requests', values.requests, 1)
wholeNumber(usage, '--seed', values.seed)
const env = { ...process.env, FUZZ_REQUESTS: values.requests, FUZZ_SEED: values.seed }
const { status } = spawnSync('npx', ['vitest', 'run', 'test/api/reference/fuzz.test.ts'], { env, stdio: 'inherit' })
process.exit(status ?? 1)
