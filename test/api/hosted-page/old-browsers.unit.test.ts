import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Linter } from 'eslint'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { root } from '../../../tools/graph/imports.ts'
import { buildPage } from '../../../tools/scripts/build-page.ts'

// Safari 13 and Chrome 80 have the language of 2019. No browser of that age is tried here.

const folder = temporaryFolder('old-browsers')
beforeAll(() => buildPage(folder))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problemsIn = (code: string, sourceType: 'module' | 'script', ecmaVersion: 2019 | 5) =>
  new Linter().verify(code, [{ languageOptions: { sourceType, ecmaVersion } }]).map(({ message }) => message)

test('the syntax of the page’s scripts is that of 2019', () => {
  for (const script of ['browser.js', 'framed.js']) {
    // They have `import()`, which the language got in 2020.
    const code = readFileSync(join(folder, script), 'utf8').replaceAll('import(', 'load(')
    expect(problemsIn(code, 'module', 2019)).toEqual([])
  }
  for (const script of ['restore.js', 'wallets.js', 'embed.js'])
    expect(problemsIn(readFileSync(join(folder, script), 'utf8'), 'script', 2019)).toEqual([])
  expect(problemsIn('let a; a ??= 1; a?.b', 'module', 2019)).not.toEqual([])
})

test('the script for browsers without modules has the syntax of 2009', () => {
  expect(problemsIn(readFileSync(join(root, 'api/assets/old-browser.js'), 'utf8'), 'script', 5)).toEqual([])
})

test('the page’s scripts use no function that the language got after 2019', () => {
  const scripts = [
    'browser/main.ts',
    'browser/parent/framed.ts',
    'browser/link/restore.ts',
    'browser/gateways/stripe-wallets.ts',
    'embed/main.ts',
  ].map((file) => join(root, 'api/hosted-page', file))
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const lib = ['lib.es2019.d.ts', 'lib.es2020.intl.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts']
  const program = ts.createProgram(scripts, { ...options, lib, types: [], noEmit: true })
  const found = scripts.flatMap((script) => program.getSemanticDiagnostics(program.getSourceFile(script)))
  const inBrowserFolder = program
    .getSourceFiles()
    .filter(({ fileName }) => /api\/hosted-page\/(browser|embed)\//.test(fileName))
    .flatMap((file) => program.getSemanticDiagnostics(file))
  const all = [...found, ...inBrowserFolder].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  expect(program.getSourceFiles().length).toBeGreaterThan(20)
  expect([...new Set(all)]).toEqual([])
})
