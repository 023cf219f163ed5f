import { expect, test } from 'vitest'
import { readImports } from '../../tools/graph/imports.ts'
import { writtenTree } from '../support/written-tree.ts'

const lines = [
  "import { x } from './b.ts'",
  "import type { X } from './b.ts'",
  "export { x } from './b.ts'",
  "const x = await import('./b.ts')",
  "let x: import('./b.ts').X",
]
const filesOf = (folder: string, line: string) => ({
  [`${folder}/top.ts`]: "import './a.ts'",
  [`${folder}/a.ts`]: line,
  [`${folder}/b.ts`]: "import './c.ts'; import './ground.ts'",
  [`${folder}/c.ts`]: "import './a.ts'",
  [`${folder}/ground.ts`]: '',
})
const tree = writtenTree(Object.assign({}, ...lines.map((line, i) => filesOf(`test/${i}`, line))))
const { violations } = readImports(tree.folder)
tree.remove()

test.each(lines.map((line, i) => [line, i] as const))('a circle that begins with %s is found', (_line, i) => {
  const found = violations.filter(({ from }) => from.startsWith(`test/${i}/`))
  expect(found.map(({ rule }) => rule)).toEqual([expect.stringMatching('no circle')])
  expect(found[0]!.circle.sort()).toEqual(['a', 'b', 'c'].map((name) => `test/${i}/${name}.ts`))
})
