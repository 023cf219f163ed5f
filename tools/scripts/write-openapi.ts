import { writeFileSync } from 'node:fs'
import type { AppDependencies } from '../../api/dependencies.ts'
import { silentLog } from '../../runtime/log.ts'
import { buildPage } from './build-page.ts'

// Writes openapi.json, identical to the response of `/openapi.json`, from the routes.
await buildPage()
const { createApp } = await import('../../api/app.ts') // imported after the build, as it reads the page's script
const app = createApp(
  {
    setupLinkSecrets: [],
    rateLimit: { store: 'memory', perMinute: 1, failuresPerMinute: 1 },
    log: silentLog,
  } as unknown as AppDependencies,
  {
    database: async () => ({ isUsable: false }),
    temporal: async () => false,
  },
)
const document = await (await app.request('/openapi.json')).text()
const file = new URL('../../openapi.json', import.meta.url)
writeFileSync(file, document)
console.log(`wrote ${document.length} characters to openapi.json`)
