import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLike } from '@temporalio/client'
import { searchAttributeNames } from '../domain/onboarding/search-attributes.ts'
import { missingNamespace, temporalReason } from './temporal-errors.ts'

// gRPC status codes: https://grpc.io/docs/guides/status-codes/
const permissionDenied = 7
const invalidArgument = 3
const notFound = 5
const unimplemented = 12
/** CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE: can be retried. */
const temporary = [1, 2, 4, 8, 10, 13, 14]
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2

const deadline = 3_000
/** Maximum time for a server to register attributes, and then to list them. Milliseconds. */
const registeringTakes = 10_000
const listingTakes = 15_000

type Services = Pick<ConnectionLike, 'workflowService' | 'operatorService' | 'withDeadline'>

/**
 * Returns the search attributes that a namespace lacks; none if Temporal does not respond within `limit` milliseconds.
 */
export async function missingSearchAttributes(
  connection: Services,
  namespace: string,
  limit = deadline,
): Promise<string[]> {
  return listLacking(connection, namespace, limit).then(
    ({ missing }) => missing,
    () => [],
  )
}

interface Waiting {
  /** Whether the program can run without Temporal. Then it does not wait for a server that does not respond. */
  worksWithout?: boolean
  /** Milliseconds for which to retry. */
  timeout?: number
}

/**
 * Registers the search attributes that a namespace lacks: without them no run can start. If Temporal rejects that,
 * throws an Error with the names, the reason and the command for an operator. If Temporal is slow, retries for
 * `timeout` milliseconds; then throws an Error, or returns its message if `worksWithout`.
 */
export async function requireSearchAttributes(
  connection: Services,
  namespace: string,
  { worksWithout = false, timeout = 25_000 }: Waiting = {},
): Promise<string | undefined> {
  const until = Date.now() + timeout
  for (;;) {
    const tried = await registerLacking(connection, namespace)
    if (tried === 'registered') return undefined
    const isOver = Date.now() >= until || tried.code === notFound || (worksWithout && tried.at === 'listing')
    if (!isOver) {
      await sleep(500)
      continue
    }
    const problem =
      tried.code === notFound
        ? missingNamespace(namespace)
        : `Temporal does not return the search attributes of the namespace "${namespace}": ${tried.reason}`
    if (!worksWithout) throw new Error(problem)
    return problem
  }
}

/** A call that failed, but was not rejected. */
interface Unanswered {
  at: 'listing' | 'registering'
  code: number
  reason: string
}

/** Makes one attempt. Throws if an operator must act. */
async function registerLacking(connection: Services, namespace: string): Promise<'registered' | Unanswered> {
  const listed = await listOrNot(connection, namespace)
  if ('at' in listed) return listed
  let lacking = listed
  const failure = lacking.missing.length > 0 ? await register(connection, namespace, lacking.missing) : undefined
  if (failure && temporary.includes(failure.code)) return failure
  // Programs that start at the same time register the same attributes; only the final list counts.
  const until = Date.now() + (failure ? deadline : listingTakes)
  while (lacking.missing.length > 0 && Date.now() < until) {
    await sleep(250)
    const again = await listOrNot(connection, namespace)
    if (!('at' in again)) lacking = again
  }
  const refused = failure && lacking.missing.length > 0 ? `\nTemporal refused to register them: ${failure.reason}` : ''
  if (refused || lacking.mistyped.length > 0) throw new Error(describe(lacking, namespace) + refused)
  if (lacking.missing.length === 0) return 'registered'
  return { at: 'registering', code: 0, reason: `it accepted ${lacking.missing.join(', ')} but does not list them` }
}

interface Lacking {
  missing: string[]
  /** Registered with another type than Keyword. */
  mistyped: string[]
}

function describe({ missing, mistyped }: Lacking, namespace: string): string {
  const sentences = []
  if (missing.length > 0) {
    const options = missing.map((name) => `--name ${name} --type Keyword`).join(' ')
    sentences.push(
      `Temporal's namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, ` +
        'so no run can start. Register them:',
      `  temporal operator search-attribute create --namespace ${namespace} ${options}`,
    )
  }
  if (mistyped.length > 0)
    sentences.push(`Search attributes of "${namespace}" that must have the type Keyword: ${mistyped.join(', ')}.`)
  return sentences.join('\n')
}

async function listOrNot(connection: Services, namespace: string): Promise<Lacking | Unanswered> {
  try {
    return await listLacking(connection, namespace, deadline)
  } catch (error) {
    return { at: 'listing', code: codeOf(error), reason: temporalReason(error) }
  }
}

async function listLacking(connection: Services, namespace: string, limit: number): Promise<Lacking> {
  const ends = Date.now() + limit
  const within = <T>(call: () => Promise<T>) => connection.withDeadline(ends, call)
  try {
    const { customAttributes } = await within(() => connection.operatorService.listSearchAttributes({ namespace }))
    const typeOf = (name: string) => customAttributes?.[name]
    return {
      missing: searchAttributeNames.filter((name) => typeOf(name) === undefined),
      mistyped: searchAttributeNames.filter((name) => typeOf(name) !== undefined && typeOf(name) !== keyword),
    }
  } catch (error) {
    if (![permissionDenied, unimplemented].includes(codeOf(error))) throw error
  }
  // Without the permission to list them, a query still shows whether one exists: it is rejected if not.
  const isMissing = async (name: string) => {
    const query = `${name} = "none"`
    const asked = within(() => connection.workflowService.countWorkflowExecutions({ namespace, query }))
    return asked.then(
      () => false,
      (error: unknown) => {
        if (codeOf(error) === invalidArgument) return true
        throw error
      },
    )
  }
  const unknown = await Promise.all(searchAttributeNames.map(isMissing))
  return { missing: searchAttributeNames.filter((_, i) => unknown[i]), mistyped: [] }
}

/** Returns why registration failed. It can take seconds on a server with many namespaces or a busy database. */
async function register(connection: Services, namespace: string, missing: string[]): Promise<Unanswered | undefined> {
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]))
  try {
    await connection.withDeadline(Date.now() + registeringTakes, () =>
      connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
    )
    return undefined
  } catch (error) {
    return { at: 'registering', code: codeOf(error), reason: temporalReason(error) }
  }
}

const codeOf = (error: unknown): number => (error as { code?: number } | null)?.code ?? -1
