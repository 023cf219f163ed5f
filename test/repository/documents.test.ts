import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
const documents = files.filter((file) => file.endsWith('.md'))

/** Returns paths in links and code spans that look like files or folders of this repository. */
function cited(file: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) => join(dirname(file), path!))
  const marks = [...text.matchAll(/`((?:[a-z-]+\/)+[\w.-]*|[\w-]+\.(?:ts|tsx|sql|md|yml|yaml|json))`/g)].map(
    ([, path]) => path!,
  )
  return [...links, ...marks]
}

// Created by programs, or file names that appear in many folders.
const made = [
  /^(dist|\.local|node_modules|tools\/bench\/results)\b/,
  /^(ready|openapi|package|main|index|gateway|messages)\.(json|ts)$/,
  /^(domain|gateways|store)\/…/,
]

test.each(documents)('every path that %s cites exists', (file) => {
  const missing = cited(file, readFileSync(join(root, file), 'utf8')).filter(
    (path) => !made.some((each) => each.test(path)) && !existsSync(join(root, path)),
  )
  expect(missing).toEqual([])
})

/** Returns the anchors of a document's headings, as GitHub derives them. */
function anchorsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/```.*?```/gs, '')
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

test('every anchor that a document links to exists', () => {
  const missing = documents.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
      .map(([, path, anchor]) => ({ target: path ? join(dirname(file), path) : file, anchor: anchor! }))
      .filter(({ target, anchor }) => target.endsWith('.md') && !anchorsOf(target).includes(anchor))
      .map(({ target, anchor }) => `${file}: ${target}#${anchor}`),
  )
  expect(missing).toEqual([])
})
