import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Persistent collections of objects by id. Each change is written to disk before the call returns. */
export interface Journal {
  get<T>(collection: string, id: string): T | undefined
  put(collection: string, id: string, value: unknown): void
  remove(collection: string, id: string): void
  /** Returns copies of the objects for which `where` is true (default: all), in the order of creation. */
  list<T>(collection: string, where?: (value: T) => boolean): T[]
  /** As `list`, but without copies: for long lists of which a page is shown. The objects must not be changed. */
  view<T>(collection: string, where: (value: T) => boolean): T[]
  count(collection: string): number
  /** Returns the objects with this id in all collections. */
  named(id: string): unknown[]
  close(): void
}

interface Line {
  c: string
  i: string
  v?: unknown
}

/**
 * Opens a journal: a file of changes, which is read and compacted at the start. An incomplete last line is dropped,
 * because its call did not return.
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
      // Filtered before copying, so that a call does not copy the whole collection.
      ([...collection(name).values()] as T[]).filter(where).map((value) => structuredClone(value)),
    view: <T>(name: string, where: (value: T) => boolean) => ([...collection(name).values()] as T[]).filter(where),
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
