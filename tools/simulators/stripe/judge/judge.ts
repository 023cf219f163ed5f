import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { cachedSchema, findSchema } from './schema-cache.ts'
import type { SchemaDocument } from './schema.ts'
import { eventType, spokenCalls, spokenError } from './spoken.ts'

type Input = Record<string, unknown>
type CallName = { method: string; path: string }

/** The number of validated bodies, and the violations found: each a text with the call, the field and the reason. */
export interface Judged {
  bodies: number
  violations: string[]
}

/** Validates requests and responses against the vendor's published types. Each method returns the violations. */
export class Judge {
  readonly judged: Judged = { bodies: 0, violations: [] }
  private readonly compiled: Compiled
  constructor(compiled: Compiled) {
    this.compiled = compiled
  }

  request(call: CallName, input: Input): string[] {
    const type = spokenCalls[nameOf(call)]?.request
    // A form holds only strings, so numbers and booleans are parsed in a copy.
    return this.judge(`${nameOf(call)}: request`, type, structuredClone(input), { form: true, expand: [] })
  }

  /** `expand` lists the requested expansions. No other object may be expanded. */
  answer(call: CallName, status: number, body: unknown, expand: unknown): string[] {
    const type = status === 200 ? spokenCalls[nameOf(call)]?.answer : spokenError
    const asked = status === 200 && Array.isArray(expand) ? (expand as string[]) : []
    return this.judge(`${nameOf(call)}: answer ${status}`, type, body, { form: false, expand: asked })
  }

  event<E extends { type: string }>(event: E): string[] {
    return this.judge(`event ${event.type}:`, eventType(event.type), event, { form: false, expand: [] })
  }

  private judge(
    where: string,
    type: string | undefined,
    body: unknown,
    { form, expand }: { form: boolean; expand: string[] },
  ): string[] {
    this.judged.bodies++
    const validate = type === undefined ? undefined : this.compiled(type, form)
    const violations = !validate
      ? [`${where} has no published type`]
      : validate.call({ expand } satisfies Context, body)
        ? []
        : reasons(validate.errors!).map((reason) => `${where} ${reason}`)
    this.judged.violations.push(...violations)
    return violations
  }
}

const nameOf = ({ method, path }: CallName) => `${method} ${path}`

/** Returns the function that validates by a type. It is compiled on first use. */
type Compiled = (type: string, form: boolean) => ValidateFunction | undefined

function compilerOf({ roots, ...schema }: SchemaDocument): Compiled {
  const open = (coerceTypes: boolean) => {
    const ajv = new Ajv2020({
      allErrors: true,
      coerceTypes,
      passContext: true,
      verbose: true,
      strict: false,
      // The schema is generated, so it needs no validation, which halves the compile time.
      validateSchema: false,
      inlineRefs: false,
      code: { optimize: false },
    })
    return ajv.addKeyword(expandable).addSchema(schema)
  }
  const [forms, answers] = [open(true), open(false)]
  return (type, form) => {
    const root = roots[type]
    // Compiled once: ajv caches by object identity.
    return root === undefined ? undefined : (form ? forms : answers).compile(root as object)
  }
}

/** Shared by all simulators of a process, because compiling everything takes about half a second. */
let compiled: Compiled | undefined

/** Returns a judge for the cached schema. Without one, `true` generates it, and `if-cached` returns undefined. */
export async function openJudge(wanted: boolean | 'if-cached'): Promise<Judge | undefined> {
  if (!wanted) return undefined
  const schema = compiled ? undefined : wanted === true ? await findSchema() : cachedSchema()
  compiled ??= schema && compilerOf(schema)
  return compiled && new Judge(compiled)
}

interface Context {
  expand: string[]
}

/** Marks a field that holds an id, or the whole object if the request expands it. */
const expandable = {
  keyword: 'expandable',
  error: { message: 'must be whole if and only if the request asked to expand it' },
  validate(this: Context, _: true, value: unknown, _parent?: unknown, at?: { instancePath: string }): boolean {
    if (value === null) return true
    const path = (at?.instancePath ?? '').split('/').filter((part) => part !== '' && !/^\d+$/.test(part))
    const name = path.join('.')
    const asked = this.expand.some((wanted) => wanted === name || wanted.startsWith(`${name}.`))
    return (typeof value === 'object') === asked
  },
}

/** Returns the most specific errors: among a field's alternatives, the deepest ones. */
export function reasons(errors: ErrorObject[]): string[] {
  const deeper = ({ instancePath }: ErrorObject) =>
    errors.some((other) => other.instancePath.startsWith(`${instancePath}/`))
  const telling = errors.filter((error) => error.keyword !== 'anyOf' && !(isOfAlternative(error) && deeper(error)))
  return [...new Set(telling.map(text))]
}

const isOfAlternative = ({ schemaPath, keyword }: ErrorObject) => /anyOf/.test(schemaPath) || keyword === 'type'

function text({ instancePath, keyword, message, params, data }: ErrorObject): string {
  const at = instancePath || '/'
  if (keyword === 'additionalProperties') return `${instancePath}/${params.additionalProperty} is unknown`
  const found = typeof data === 'object' ? '' : ` and is ${JSON.stringify(data).slice(0, 80)}`
  if (keyword !== 'enum') return `${at} ${message}${found}`
  const allowed = params.allowedValues as unknown[]
  return `${at} must be one of ${allowed.length > 10 ? `${allowed.length} words` : allowed.join(', ')}${found}`
}
