import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { freePort } from '../../../tools/local/ports.ts'
import { startPostgres } from '../../../tools/local/postgres/postgres.ts'
import { findTemporal } from '../../../tools/local/temporal/temporal-programs.ts'
import { startDevServer } from '../../../tools/local/temporal/temporal.ts'
import { buildPage } from '../../../tools/scripts/build-page.ts'
import { bundleWorkflows } from '../../../tools/scripts/bundle-workflows.ts'
import { findSchema } from '../../../tools/simulators/stripe/judge/schema-cache.ts'
import { bundleProgram } from '../../../tools/scripts/bundle-program.ts'
import { startStripeMock } from '../judge/stripe-mock.ts'
import { makeTemplate } from './template.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the template database in the test PostgreSQL. It accepts no connections and is only copied. */
    postgresUrl: string
    temporalAddress: string
    temporalProgram: string
    bundlePath: string
    /** The API and the worker, each bundled into one file. */
    apiProgram: string
    workerProgram: string
  }
}

const password = 'only-for-tests'

/**
 * Starts one PostgreSQL and one Temporal server for the whole run. Each test file creates its own world in them. Stops
 * both if the setup fails.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = temporaryFolder('test')
  const running: (() => unknown)[] = []
  const stop = async () => {
    await Promise.all(running.map((end) => end()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await start(project, folder, running)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(project: TestProject, folder: string, running: (() => unknown)[]): Promise<void> {
  mkdirSync(join(folder, 'logs'))
  const logFile = (name: string) => join(folder, 'logs', `${name}.log`)
  // Generated here, once, because it takes seconds. All test files use it from the cache.
  await findSchema()
  const outcomes = await Promise.allSettled([
    providePostgres(),
    provideTemporal(),
    startStripeMock(logFile('stripe-mock'), (line) => console.log(line)).then((mock) => {
      if (mock) running.push(() => mock.stop())
      project.provide('stripeMock', mock ? { url: mock.url, document: mock.document } : null)
    }),
    buildPage(),
  ])
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  project.provide('bundlePath', await bundleWorkflows(join(folder, 'workflow-bundle.js')))
  project.provide('apiProgram', await bundleProgram('api/main.ts'))
  project.provide('workerProgram', await bundleProgram('worker/main.ts'))

  async function providePostgres() {
    const server = await startPostgres({
      folder: join(folder, 'postgres'),
      port: await freePort(),
      password,
      unsafe: true,
      // A world has up to 20, and a test file up to ten worlds.
      settings: { max_connections: '600' },
      logFile: logFile('postgres'),
    })
    running.push(() => server.stop())
    project.provide('postgresUrl', await makeTemplate(server))
  }

  async function provideTemporal() {
    const program = await findTemporal((line) => console.log(line))
    const server = await startDevServer({
      program,
      folder: null,
      port: await freePort(),
      uiPort: null,
      logFile: logFile('temporal'),
    })
    running.push(() => server.stop())
    project.provide('temporalProgram', program)
    project.provide('temporalAddress', server.address)
  }
}
