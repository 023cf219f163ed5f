import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** What each file or folder imports, and whether types only. */
export type Graph = Map<string, Map<string, { typesOnly: boolean }>>

export interface Violation {
  from: string
  to: string
  /** Its name and the reason for it. */
  rule: string
  /** The files of a circle, if that is what is forbidden. */
  circle: string[]
}

/** The part of the report of dependency-cruiser that is read here. */
interface Report {
  modules: {
    source: string
    couldNotResolve?: boolean
    dependencies: { resolved: string; dependencyTypes: string[] }[]
  }[]
  summary: {
    violations: { from: string; to: string; rule: { name: string }; cycle?: { name: string }[] }[]
    ruleSetUsed: { forbidden: { name: string; comment: string }[] }
  }
}

/**
 * Returns the imports between the TypeScript files of a folder, and those that `.dependency-cruiser.js` forbids.
 * Paths are relative to the folder, by default the root of the repository.
 */
export function readImports(folder = root): { imports: Graph; violations: Violation[] } {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(root, '.dependency-cruiser.js')
  const report = execFileSync(process.execPath, [program, '--config', config, '--output-type', 'json', '.'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const { modules, summary } = JSON.parse(report) as Report
  const isOurs = ({ source, couldNotResolve }: Report['modules'][number]) =>
    /\.tsx?$/.test(source) && !source.startsWith('node_modules/') && !couldNotResolve
  const imports: Graph = new Map(modules.filter(isOurs).map(({ source }) => [source, new Map()]))
  for (const { source, dependencies } of modules)
    for (const { resolved, dependencyTypes } of dependencies)
      if (imports.has(resolved)) addImport(imports, source, resolved, dependencyTypes.includes('type-only'))
  const reasons = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]))
  const violations = summary.violations.map(({ from, to, rule, cycle = [] }) => ({
    ...{ from, to, rule: `${rule.name}: ${reasons.get(rule.name)}` },
    circle: cycle.map(({ name }) => name),
  }))
  return { imports, violations }
}

/** Returns the imports between the parts named by `partOf`. Files without a part are omitted. */
export function collapse(imports: Graph, partOf: (file: string) => string | undefined): Graph {
  const parts: Graph = new Map()
  for (const [file, imported] of imports) {
    const from = partOf(file)
    if (from === undefined) continue
    if (!parts.has(from)) parts.set(from, new Map())
    for (const [other, { typesOnly }] of imported) {
      const to = partOf(other)
      if (to !== undefined && to !== from) addImport(parts, from, to, typesOnly)
    }
  }
  return parts
}

/** Returns the imports of all files. Imports through a file that is a passage count as direct. */
export function contract(imports: Graph, isPassage: (file: string) => boolean): Graph {
  const contracted: Graph = new Map([...imports.keys()].map((file) => [file, new Map()]))
  const follow = (from: string, file: string, typesOnly: boolean): void => {
    for (const [to, arrow] of imports.get(file)!)
      if (isPassage(to)) follow(from, to, typesOnly || arrow.typesOnly)
      else addImport(contracted, from, to, typesOnly || arrow.typesOnly)
  }
  for (const file of imports.keys()) follow(file, file, false)
  return contracted
}

function addImport(graph: Graph, from: string, to: string, typesOnly: boolean): void {
  const imported = graph.get(from) ?? new Map<string, { typesOnly: boolean }>()
  imported.set(to, { typesOnly: typesOnly && (imported.get(to)?.typesOnly ?? true) })
  graph.set(from, imported)
}
