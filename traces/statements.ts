import { activeSpan, isTracing, startSpan, type Attributes, type Span } from './tracing.ts'

// Spans of SQL statements. The driver returns a statement as a promise that it runs once something waits for it, with
// `handler`, and settles with `resolve` or `reject`: these are replaced for one statement, not the driver's functions.

interface Statement extends Promise<unknown> {
  handler(statement: Statement): unknown
  resolve(rows: unknown): unknown
  reject(error: unknown): unknown
}

const isStatement = (value: unknown): value is Statement => value instanceof Promise && 'handler' in value

/**
 * Returns a tag of which each statement within a recorded call or step is a span. Statements of background work, which
 * polls, are not exported. While tracing is off, returns the tag itself.
 */
export function traced<Sql extends (...args: never[]) => unknown>(sql: Sql, database: Attributes): Sql {
  if (!isTracing()) return sql
  return new Proxy(sql, {
    apply(target, self, args: [unknown, ...unknown[]]) {
      const made: unknown = Reflect.apply(target, self, args)
      const parent = activeSpan()
      if (parent?.isRecorded && isStatement(made)) watch(made, args[0] as TemplateStringsArray, database, parent)
      return made
    },
  })
}

function watch(statement: Statement, text: TemplateStringsArray, database: Attributes, parent: Span): void {
  const { handler } = statement
  statement.handler = () => {
    // The driver calls it again if it repeats the statement.
    statement.handler = handler
    const { resolve, reject } = statement
    const { summary, ...about } = summaryOf(text)
    const attributes = { ...database, ...about, 'db.query.summary': summary }
    const span = startSpan({ name: summary, kind: 'client', attributes, parent })
    statement.resolve = (rows) => {
      span?.end()
      return resolve(rows)
    }
    statement.reject = (error) => {
      span?.end(failureOf(error))
      return reject(error)
    }
    return handler(statement)
  }
}

function failureOf(error: unknown): { error: string; attributes: Attributes } {
  const code = (error as { code?: unknown } | null)?.code
  const word = typeof code === 'string' ? code : 'error'
  const isSqlState = /^[0-9A-Z]{5}$/.test(word)
  return { error: word, attributes: { 'db.response.status_code': isSqlState ? word : undefined } }
}

interface Summary {
  /** The operation and its table: the text can contain literals. */
  summary: string
  'db.operation.name': string | undefined
  'db.collection.name': string | undefined
}

const summaries = new WeakMap<TemplateStringsArray, Summary>()

const tables: Record<string, RegExp> = {
  SELECT: /\bfrom\s+([a-z_]+)\b(?!\s*\()/,
  INSERT: /\binto\s+([a-z_]+)\b/,
  UPDATE: /\bupdate\s+([a-z_]+)\b/,
  DELETE: /\bfrom\s+([a-z_]+)\b/,
}

function summaryOf(text: TemplateStringsArray): Summary {
  const known = summaries.get(text)
  if (known) return known
  const whole = text.join('?')
  const operation = /\b(select|insert|update|delete)\b/.exec(whole)?.[1]?.toUpperCase()
  const table = operation && tables[operation]!.exec(whole)?.[1]
  const summary = {
    summary: [operation ?? 'statement', ...(table ? [table] : [])].join(' '),
    'db.operation.name': operation,
    'db.collection.name': table,
  }
  summaries.set(text, summary)
  return summary
}
