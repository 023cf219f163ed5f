import { hostname } from 'node:os'
import { readConfig } from '../runtime/config.ts'
import { beforeStart } from '../runtime/start.ts'
import { checkPolling } from './check-polling.ts'

// Health check for containers: exits with 0 if the worker on this machine polls Temporal for tasks.

await beforeStart(() => checkPolling(readConfig(process.env, ['temporal']), hostname()))
process.exit(0)
