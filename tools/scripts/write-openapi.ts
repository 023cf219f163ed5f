import { writeFileSync } from 'node:fs'
import { buildPage } from './build-page.ts'
import { withoutServices } from './without-services.ts'

// Writes openapi.json, identical to the response of `/openapi.json`, from the routes.
await buildPage()
const { createApp } = await import('../../api/app.ts') // imported after the build, as it reads the page's script
const app = createApp(...withoutServices)
const document = await (await app.request('/openapi.json')).text()
const file = new URL('../../openapi.json', import.meta.url)
writeFileSync(file, document)
console.log(`wrote ${document.length} characters to openapi.json`)
