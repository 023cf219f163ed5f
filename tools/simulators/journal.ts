import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Collections of objects by id that outlive the process: each change is on disk before anybody is told of it. */
export interface Journal {
  get<T>(collection: string, id: string): T | undefined
  put(collection: string, id: string, value: unknown): void
  remove(collection: string, id: string): void
  /** Copies of those that `where` chooses, of all unless given, in the order in which they were made. */
  list<T>(collection: string, where?: (value: T) => boolean): T[]
  count(collection: string): number
  /** What there is of this id, in whatever collection. */
  named(id: string): unknown[]
  close(): void
}

interface Line {
  c: string
  i: string
  v?: unknown
}

/**
 * Opens a journal: a file of changes, read back at the start and written anew without what was overwritten. A last line
 * that was cut off in the middle is dropped: nobody was told of it.
 */
export function openJournal(file: string): Journal {
  const collections = new Map<string, Map<string, unknown>>()
  const collection = (name: string) => {
    const found = collections.get(name) ?? new Map<string, unknown>()
    collections.set(name, found)
    return found
  }
  const apply = ({ c, i, v }: Line) => (v === undefined ? collection(c).delete(i) : collection(c).set(i, v))
  mkdirSync(dirname(file), { recursive: true })
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])
    if (isWhole(line)) apply(JSON.parse(line) as Line)
  compact(file, collections)

  const handle = openSync(file, 'a')
  const write = (line: Line) => {
    writeSync(handle, `${JSON.stringify(line)}\n`)
    apply(line)
  }
  return {
    get: <T>(name: string, id: string) => structuredClone(collection(name).get(id)) as T | undefined,
    put: (c, i, value) => write({ c, i, v: structuredClone(value) }),
    remove: (c, i) => write({ c, i }),
    list: <T>(name: string, where: (value: T) => boolean = () => true) =>
      // Chosen before they are copied: copies of all would cost each call more, the more there is.
      ([...collection(name).values()] as T[]).filter(where).map((value) => structuredClone(value)),
    count: (name) => collection(name).size,
    named: (id) => [...collections.values()].filter((entries) => entries.has(id)).map((entries) => entries.get(id)),
    close: () => closeSync(handle),
  }
}

function isWhole(line: string): boolean {
  try {
    return line !== '' && typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

function compact(file: string, collections: Map<string, Map<string, unknown>>): void {
  const lines = [...collections].flatMap(([c, entries]) => [...entries].map(([i, v]) => JSON.stringify({ c, i, v })))
  writeFileSync(`${file}.new`, lines.map((line) => `${line}\n`).join(''))
  renameSync(`${file}.new`, file)
}
