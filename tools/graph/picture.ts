import { collapse, contract, type Graph } from './imports.ts'

/** Folders of which the inside is drawn too. */
const drawnInside = ['domain', 'store', 'payments', 'activities', 'api']

/** Returns the imports between the folders at the root, and for some of them the imports between their subfolders. */
export function graphsOf(imports: Graph): { folders: Graph; inside: Map<string, Graph> } {
  const folders = collapse(imports, (file) => /^(?!docs\/)([^/]+)\//.exec(file)?.[1])
  const insideOf = (folder: string) => {
    const name = (file: string) => (file.startsWith(`${folder}/`) ? file.split('/').slice(1, -1)[0] : undefined)
    const isOwn = (file: string) => new RegExp(`^${folder}/[^/]+$`).test(file)
    return collapse(contract(imports, isOwn), name)
  }
  return { folders, inside: new Map(drawnInside.map((folder) => [folder, insideOf(folder)])) }
}

/** Returns Mermaid diagrams in Markdown: one of the folders, one of the subfolders. */
export function drawPictures({ folders, inside }: ReturnType<typeof graphsOf>): string {
  const subgraphs = [...inside].flatMap(([folder, graph]) => [
    `  subgraph ${folder}`,
    ...linesOf(graph, `${folder}/`).map((line) => `  ${line}`),
    '  end',
  ])
  return [linesOf(folders), subgraphs]
    .map((lines) => ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n'))
    .join('\n\n')
}

const [start, end] = ['<!-- npm run graph -->', '<!-- end of npm run graph -->']

/** Returns the document with other pictures between its two markers. */
export function replacePictures(document: string, pictures: string): string {
  const [before, rest] = document.split(start)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`The document has no part between ${start} and ${end}.`)
  return `${before}${start}\n\n${pictures}\n\n${end}${after}`
}

/** Returns the nodes and arrows, without the arrows that follow from others. A dotted arrow imports types only. */
function linesOf(graph: Graph, prefix = ''): string[] {
  const node = (name: string) => {
    const id = (prefix + name).replaceAll(/\W/g, '_')
    return id === name ? name : `${id}[${name}]`
  }
  const arrows = [...graph].flatMap(([from, imported]) =>
    [...imported]
      .filter(([to, { typesOnly }]) => !followsFromOthers(graph, from, to, typesOnly))
      .map(([to, { typesOnly }]) => `  ${node(from)} ${typesOnly ? '-.->' : '-->'} ${node(to)}`),
  )
  const alone = [...graph.keys()]
    .map((name) => `  ${node(name)}`)
    .filter((line) => !arrows.join().includes(line.trim()))
  return [...alone, ...arrows].sort()
}

/** Returns whether two or more arrows lead from one node to the other. For an import of types they may be dotted. */
function followsFromOthers(graph: Graph, from: string, to: string, typesOnly: boolean): boolean {
  const seen = new Set([from])
  const leadsTo = (node: string): boolean =>
    [...(graph.get(node) ?? [])].some(([next, arrow]) => {
      if (seen.has(next) || (node === from && next === to) || (arrow.typesOnly && !typesOnly)) return false
      seen.add(next)
      return next === to || leadsTo(next)
    })
  return leadsTo(from)
}
