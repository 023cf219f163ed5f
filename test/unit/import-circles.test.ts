import { readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The files that a file imports, for their types too. */
const importsOf = (file: string, text: string): string[] =>
  ts
    .preProcessFile(text)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => resolve(file, '..', name))

/** Files that import each other in a circle; undefined where none do. What imports nothing more is taken away, again and again. */
function findCircle(imports: Map<string, string[]>): string[] | undefined {
  const left = new Map(imports)
  for (let before = -1; before !== left.size;) {
    before = left.size
    for (const [file, imported] of left) if (!imported.some((other) => left.has(other))) left.delete(file)
  }
  // Each file that is left imports one that is left: such a walk comes back to where it was.
  const walk: string[] = []
  for (let [file] = left.keys(); file; file = left.get(file)!.find((other) => left.has(other))) {
    if (walk.includes(file)) return [...walk.slice(walk.indexOf(file)), file]
    walk.push(file)
  }
}

function importsOfTree(): Map<string, string[]> {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile)
  const { fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return new Map(fileNames.map((file) => [resolve(file), importsOf(file, readFileSync(file, 'utf8'))]))
}

test('no files import each other in a circle', () => {
  const imports = importsOfTree()
  expect(imports.get(resolve(root, 'api/main.ts'))).toContain(resolve(root, 'api/app.ts'))
  const circle = findCircle(imports)?.map((file) => relative(root, file))
  expect(circle?.join(' -> ')).toBeUndefined()
})

test.each([
  "import { x } from './b.ts'",
  "import type { X } from './b.ts'",
  "export { x } from './b.ts'",
  "const x = await import('./b.ts')",
  "let x: import('./b.ts').X",
])('a circle that begins with %s is found', (line) => {
  const imports = new Map([
    ['/top.ts', ['/a.ts']],
    ['/a.ts', importsOf('/a.ts', line)],
    ['/b.ts', ['/c.ts', '/ground.ts']],
    ['/c.ts', ['/a.ts']],
    ['/ground.ts', []],
  ])
  expect(findCircle(imports)).toEqual(['/a.ts', '/b.ts', '/c.ts', '/a.ts'])
})
