import { expect, test } from 'vitest'
import { findCircle, importsOf, importsOfTree } from '../support/import-graph.ts'

test('there are no circular imports', () => {
  const imports = importsOfTree()
  expect(imports.get('api/main.ts')).toContain('api/app.ts')
  expect(findCircle(imports)?.join(' -> ')).toBeUndefined()
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
