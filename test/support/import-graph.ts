import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Returns the files that a file imports, including type-only imports. Paths are absolute. */
export const importsOf = (file: string, text: string): string[] =>
  ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => resolve(file, '..', name))

/** Returns the imports of every TypeScript file of the repository. Paths are relative to its root. */
export function importsOfTree(): Map<string, string[]> {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile)
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return new Map(
    fileNames.map((file) => [
      relative(root, file),
      importsOf(file, readFileSync(file, 'utf8')).map((imported) => relative(root, imported)),
    ]),
  )
}

/** Returns a cycle of nodes, or undefined. Repeatedly removes nodes without outgoing edges. */
export function findCircle(graph: Map<string, string[]>): string[] | undefined {
  const left = new Map(graph)
  for (let before = -1; before !== left.size;) {
    before = left.size
    for (const [node, next] of left) if (!next.some((other) => left.has(other))) left.delete(node)
  }
  // Each remaining node has an edge to a remaining node, so a walk along the edges finds a cycle.
  const walk: string[] = []
  for (let [node] = left.keys(); node; node = left.get(node)!.find((other) => left.has(other))) {
    if (walk.includes(node)) return [...walk.slice(walk.indexOf(node)), node]
    walk.push(node)
  }
}
