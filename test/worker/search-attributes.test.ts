import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { missingSearchAttributes, requireSearchAttributes } from '../../runtime/search-attributes.ts'
import { onboardingStart, workflowTypeOf } from '../../workflows/messages.ts'
import { freePort } from '../../tools/local/ports.ts'
import { findRun } from '../../store/onboardings/wake.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { searchAttributeNames } from '../../domain/onboarding/search-attributes.ts'
import { temporalReason } from '../../runtime/temporal-errors.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const keyword = 2
const text = 1

/** Creates a namespace without our search attributes. */
async function bareNamespace(): Promise<string> {
  const namespace = `bare-${randomUUID()}`
  await world.connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  })
  await until(() =>
    world.connection.operatorService.listSearchAttributes({ namespace }).then(
      () => true,
      () => false,
    ),
  )
  return namespace
}

const add = (namespace: string, names: string[], type: number) =>
  until(() =>
    world.connection.operatorService
      .addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(names.map((name) => [name, type])) })
      .then(
        () => true,
        () => false,
      ),
  )

/** The server allows ten of the type Keyword: after these eight, no program can register its seven. */
async function fullNamespace(): Promise<string> {
  const namespace = await bareNamespace()
  await add(
    namespace,
    [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `Theirs${i}`),
    keyword,
  )
  await until(async () => {
    const { customAttributes } = await world.connection.operatorService.listSearchAttributes({ namespace })
    return Object.keys(customAttributes ?? {}).length === 8
  })
  return namespace
}

const command = (namespace: string, names: string[]) => {
  const options = names.map((name) => `--name ${name} --type Keyword`).join(' ')
  return `temporal operator search-attribute create --namespace ${namespace} ${options}`
}

test('missing attributes are registered, and then a run can start; concurrent starts do no harm', async () => {
  const namespace = await bareNamespace()
  expect(await missingSearchAttributes(world.connection, namespace)).toEqual(searchAttributeNames)
  await Promise.all([1, 2].map(() => requireSearchAttributes(world.connection, namespace)))
  expect(await missingSearchAttributes(world.connection, namespace)).toEqual([])
  const { bc } = await world.openSetup()
  const [row] = await world.sql<{ id: string }[]>`select id from onboardings where billing_customer_id = ${bc}`
  const run = (await findRun(world.sql, row!.id))!
  const client = new Client({ connection: world.connection, namespace })
  await until(() =>
    client.workflow.start(workflowTypeOf(run), onboardingStart(run, world.taskQueue)).then(
      () => true,
      () => false,
    ),
  )
})

test('if they cannot be registered, the error has their names, the reason and the command', async () => {
  const namespace = await fullNamespace()
  const error = await requireSearchAttributes(world.connection, namespace).catch((e: Error) => e)
  expect(error).toBeInstanceOf(Error)
  const { message } = error as Error
  expect(message).toContain(command(namespace, searchAttributeNames))
  expect(message).toMatch(/Temporal refused to register them: .*Keyword/)
  // Temporal's error for a run that is started anyway, for the log.
  const client = new Client({ connection: world.connection, namespace })
  const options = { workflowId: randomUUID(), taskQueue: 'none', searchAttributes: { BlockedOn: ['x'] } }
  const refused: unknown = await client.workflow.start('onboarding', options).catch((e: unknown) => e)
  expect(temporalReason(refused)).toContain('BlockedOn')
})

test('an attribute of another type is reported; the command has only missing ones', async () => {
  const namespace = await bareNamespace()
  await add(namespace, ['BlockedOn'], text)
  await until(async () => {
    const { customAttributes } = await world.connection.operatorService.listSearchAttributes({ namespace })
    return customAttributes?.BlockedOn !== undefined
  })
  const error = await requireSearchAttributes(world.connection, namespace).catch((e: Error) => e)
  expect((error as Error).message).toBe(
    `Search attributes of "${namespace}" that must have the type Keyword: BlockedOn.`,
  )
})

test('without the permission to list them, queries are used; a silent server blocks no start', async () => {
  const namespace = await bareNamespace()
  const denied = () => Promise.reject(Object.assign(new Error('no right'), { code: 7 }))
  const operatorService = { listSearchAttributes: denied, addSearchAttributes: denied } as never
  const { workflowService } = world.connection
  const withDeadline = world.connection.withDeadline.bind(world.connection)
  const limited = { workflowService, operatorService, withDeadline }
  expect(await missingSearchAttributes(limited, namespace)).toEqual(searchAttributeNames)
  const refused = expect(requireSearchAttributes(limited, namespace)).rejects
  await refused.toThrow('refused to register them: no right')
  await refused.toThrow(command(namespace, searchAttributeNames))
  expect(await missingSearchAttributes(limited, 'default')).toEqual([])
  const nowhere = `no-such-${randomUUID()}`
  expect(await requireSearchAttributes(world.connection, nowhere, { worksWithout: true })).toContain(nowhere)
  await expect(requireSearchAttributes(world.connection, nowhere)).rejects.toThrow('namespace create')
})

/** Temporal, but the first calls of this name fail with these codes. */
function failing(name: 'addSearchAttributes' | 'listSearchAttributes', codes: number[]) {
  const { workflowService, operatorService: real } = world.connection
  const calls: number[] = []
  const call = (request: never) => {
    const code = codes[calls.length]
    calls.push(code ?? 0)
    if (code !== undefined) return Promise.reject(Object.assign(new Error('slow'), { code, details: 'too slow' }))
    return real[name](request)
  }
  const operatorService = {
    addSearchAttributes: (request: never) => real.addSearchAttributes(request),
    listSearchAttributes: (request: never) => real.listSearchAttributes(request),
    [name]: call,
  } as never
  return {
    calls,
    slow: { workflowService, operatorService, withDeadline: world.connection.withDeadline.bind(world.connection) },
  }
}

test.each([
  ['DEADLINE_EXCEEDED, twice', 'addSearchAttributes', [4, 4]],
  ['UNAVAILABLE', 'addSearchAttributes', [14]],
  ['RESOURCE_EXHAUSTED', 'addSearchAttributes', [8]],
  ['DEADLINE_EXCEEDED, of a list', 'listSearchAttributes', [4]],
  ['UNAVAILABLE, of a list', 'listSearchAttributes', [14, 14]],
] as const)('calls to a slow Temporal are repeated: %s', async (_, name, codes) => {
  const namespace = await bareNamespace()
  const { slow, calls } = failing(name, [...codes])
  await requireSearchAttributes(slow, namespace)
  expect(calls.slice(0, codes.length + 1)).toEqual([...codes, 0])
  expect(await missingSearchAttributes(world.connection, namespace)).toEqual([])
})

test('a slow Temporal is not a missing permission: the worker reports it and the API starts', async () => {
  const namespace = await bareNamespace()
  const { slow } = failing('addSearchAttributes', Array<number>(50).fill(4))
  const problem = `Temporal does not return the search attributes of the namespace "${namespace}": too slow`
  await expect(requireSearchAttributes(slow, namespace, { timeout: 1_500 })).rejects.toThrow(new Error(problem))
  expect(await requireSearchAttributes(slow, namespace, { timeout: 1_500, worksWithout: true })).toBe(problem)
  // A program that can run without Temporal does not wait for a server that does not answer.
  const { slow: silent, calls } = failing('listSearchAttributes', Array<number>(50).fill(14))
  expect(await requireSearchAttributes(silent, namespace, { worksWithout: true })).toBe(problem)
  expect(calls).toEqual([14])
})

/** Runs a program until it exits or is ready. */
function outcomeOf(args: string[], env: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: world.databaseUrl,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TASK_QUEUE: world.taskQueue,
      WORKFLOW_BUNDLE: inject('bundlePath'),
      STRIPE_TEST_SECRET_KEY: 'sk_test_world',
      STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_world',
      STRIPE_TEST_WEBHOOK_SECRET: 'whsec_test_only',
      SETUP_LINK_SECRETS: 'a-secret-that-only-this-test-knows-of',
      WEBHOOK_SECRET_KEYS: 'a-key-that-only-this-test-knows-of',
      ...env,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += String(chunk)))
  child.once('message', () => child.kill('SIGKILL'))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })))
}

test.each([
  ['the worker', () => [inject('workerProgram')]],
  ['the API', () => [inject('apiProgram')]],
])('%s refuses to start with the command, and without a stack', async (_, args) => {
  const TEMPORAL_NAMESPACE = await fullNamespace()
  const { code, said } = await outcomeOf(args(), { TEMPORAL_NAMESPACE, PORT: String(await freePort()) })
  expect(code).toBe(1)
  expect(said).toContain(command(TEMPORAL_NAMESPACE, searchAttributeNames))
  expect(said).not.toMatch(/\n\s+at /)
})

test.each([
  ['the worker refuses to start', () => [inject('workerProgram')], 1],
  ['the API starts and says', () => [inject('apiProgram')], null],
])('without the namespace %s what to run, within 30 s', async (_, args, exit) => {
  const TEMPORAL_NAMESPACE = `no-such-${randomUUID()}`
  const began = Date.now()
  const { code, said } = await outcomeOf(args(), { TEMPORAL_NAMESPACE, PORT: String(await freePort()) })
  expect(code).toBe(exit)
  expect(said).toContain(`temporal operator namespace create --namespace ${TEMPORAL_NAMESPACE} --retention 30d`)
  expect(said).not.toMatch(/\n\s+at /)
  expect(Date.now() - began).toBeLessThan(30_000)
})
