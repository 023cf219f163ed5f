import { setTimeout as sleep } from 'node:timers/promises'
import type { ConnectionLike } from '@temporalio/client'
import { searchAttributeNames } from './workflows/messages.ts'

/** What a call answered that says nothing about search attributes, by gRPC's codes. */
const permissionDenied = 7
const invalidArgument = 3
const unimplemented = 12
/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keyword = 2

const deadline = 3_000
/** How long a server takes at most until it lists what was registered. Milliseconds. */
const patience = 15_000

type Services = Pick<ConnectionLike, 'workflowService' | 'operatorService' | 'withDeadline'>

/** Returns why Temporal refused a call, in its own words: the client's errors hide them in their cause. */
export function temporalReason(error: unknown): string {
  const told = ((error as { cause?: unknown } | null)?.cause ?? error) as { details?: string; message?: string } | null
  return (told?.details || told?.message || 'unknown error').split('\n')[0]!.slice(0, 300)
}

/**
 * Returns the search attributes that a namespace lacks; none where Temporal does not say within `limit` milliseconds.
 */
export async function missingSearchAttributes(
  connection: Services,
  namespace: string,
  limit = deadline,
): Promise<string[]> {
  return (await findLacking(connection, namespace, limit))?.missing ?? []
}

/**
 * Registers the search attributes that a namespace lacks. Throws an Error that names them, with Temporal's reason and
 * the command for an operator, where that is not permitted: no run could be started. Returns where Temporal does not
 * answer, as the API serves calls without it.
 */
export async function requireSearchAttributes(connection: Services, namespace: string): Promise<void> {
  let lacking = await findLacking(connection, namespace)
  if (!lacking) return
  const refusal = await register(connection, namespace, lacking.missing)
  // Two programs that start at once register the same; what counts is what is there afterwards.
  const until = Date.now() + (refusal ? deadline : patience)
  while (lacking.missing.length > 0 && Date.now() < until) {
    await sleep(250)
    lacking = await findLacking(connection, namespace)
    if (!lacking) return
  }
  if (refusal || lacking.mistyped.length > 0)
    throw new Error(describe(lacking, namespace) + (refusal ? `\nTemporal refused to register them: ${refusal}` : ''))
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
      `Temporal's namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, so that no run can start. Register them:`,
      `  temporal operator search-attribute create --namespace ${namespace} ${options}`,
    )
  }
  if (mistyped.length > 0)
    sentences.push(`Search attributes of "${namespace}" that must have the type Keyword: ${mistyped.join(', ')}.`)
  return sentences.join('\n')
}

/** Returns undefined where nothing is lacking, or where that cannot be told. */
async function findLacking(connection: Services, namespace: string, limit = deadline): Promise<Lacking | undefined> {
  try {
    const lacking = await listLacking(connection, namespace, limit)
    return lacking.missing.length + lacking.mistyped.length > 0 ? lacking : undefined
  } catch {
    return undefined
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
  // Who may not list them may still use them in a query, which is refused where one is unknown.
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

/** Returns Temporal's reason where it refuses. */
async function register(connection: Services, namespace: string, missing: string[]): Promise<string | undefined> {
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]))
  try {
    if (missing.length > 0)
      await connection.withDeadline(Date.now() + deadline, () =>
        connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
      )
    return undefined
  } catch (error) {
    return temporalReason(error)
  }
}

const codeOf = (error: unknown): number => (error as { code?: number } | null)?.code ?? -1
