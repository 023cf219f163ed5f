import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

// `npm run fuzz -- --requests 20000 --seed 1`: the test of generated requests, with more of them.

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
})
const env = { ...process.env, FUZZ_REQUESTS: values.requests, FUZZ_SEED: values.seed }
const { status } = spawnSync('npx', ['vitest', 'run', 'test/api/fuzz.test.ts'], { env, stdio: 'inherit' })
process.exit(status ?? 1)
