import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Applied migrations, and text that others wrote: recorded histories, documented samples, messages of PayPal. */
const unchanged = [
  'store/migrations/',
  'test/replay/histories/',
  'test/support/documented/',
  'test/api/doors/edge/documented-samples.test.ts',
  'tools/simulators/paypal/issues.ts',
]

const listFiles = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', ...patterns], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
const readLines = (file: string) => readFileSync(`${root}/${file}`, 'utf8').split('\n')
const isLong = (line: string) => Array.from(line).length > 120

test('code and comments have lines of at most 120 characters', () => {
  const files = listFiles('*.ts', '*.tsx', '*.js', '*.mjs', '*.css', '*.yml', '.env.example')
  const own = files.filter((file) => !unchanged.some((path) => file.startsWith(path)))
  const long = own.flatMap((file) => readLines(file).flatMap((line, i) => (isLong(line) ? [`${file}:${i + 1}`] : [])))
  expect(long).toEqual([])
})

/** Tables, headings, and what has no space to break at, such as a long link. */
const unbreakable = /^\s*(\||#|([-*]|\d+\.)?\s*\S+$)/

/** Returns the numbers of the lines of prose that are too long. */
function findLongProse(lines: string[]): number[] {
  let isCode = false
  return lines.flatMap((line, i) => {
    const isFence = line.trimStart().startsWith('```')
    if (isFence) isCode = !isCode
    return !isFence && !isCode && isLong(line) && !unbreakable.test(line) ? [i + 1] : []
  })
}

test('long prose is found, but not tables, code blocks, headings, and links that cannot be broken', () => {
  const long = 'word '.repeat(30)
  const exempt = [`| ${long} |`, `## ${long}`, `- [link](https://example.com/${'a'.repeat(120)})`]
  expect(findLongProse([...exempt, '```sh', long, '```', 'short'])).toEqual([])
  expect(findLongProse([long, `- ${long}`, `  1. ${long}`, '  ```', long, '  ```', long])).toEqual([1, 2, 3, 7])
})

test('prose in documents has lines of at most 120 characters', () => {
  const documents = listFiles('*.md')
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/operations.md']))
  expect(documents.flatMap((file) => findLongProse(readLines(file)).map((line) => `${file}:${line}`))).toEqual([])
})
