import { dirname } from 'node:path'
import { collapse, type Graph } from './imports.ts'

/** Returns the imports between rooms: folders without subfolders, and the files of folders that have some. */
export function roomsOf(imports: Graph): Graph {
  const folders = new Set([...imports.keys()].map((file) => dirname(file)))
  const hasFoldersInside = (folder: string) => [...folders].some((other) => other.startsWith(`${folder}/`))
  return collapse(imports, (file) => (dirname(file) === '.' || hasFoldersInside(dirname(file)) ? file : dirname(file)))
}

/** Returns a cycle as `a -> b -> a`, or undefined. Repeatedly removes nodes without outgoing edges. */
export function findCircle(graph: Graph): string | undefined {
  const left = new Map([...graph].map(([node, next]) => [node, [...next.keys()]]))
  for (let before = -1; before !== left.size;) {
    before = left.size
    for (const [node, next] of left) if (!next.some((other) => left.has(other))) left.delete(node)
  }
  // Each remaining node has an edge to a remaining node, so a walk along the edges finds a cycle.
  const walk: string[] = []
  for (let [node] = left.keys(); node; node = left.get(node)!.find((other) => left.has(other))) {
    if (walk.includes(node)) return [...walk.slice(walk.indexOf(node)), node].join(' -> ')
    walk.push(node)
  }
}
