import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Package {
  resolved?: string
  /** A package of this repository. */
  link?: boolean
  optionalDependencies?: Record<string, string>
}
const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Package>
}
const packages = Object.entries(lock.packages)

// npm omits a platform's package that its registry could not serve, and `npm ci` then rejects the lock file.
test('the lock file has every optional package, including those of other platforms', () => {
  const names = new Set(packages.map(([path]) => path.split('node_modules/').at(-1)))
  const missing = packages.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  )
  expect(missing).toEqual([])
})

test('the lock file names no registry', () => {
  expect(packages.filter(([, { resolved, link }]) => resolved !== undefined && !link).map(([path]) => path)).toEqual([])
})

test('pnpm runs the same install scripts as npm, pins the same versions, and patches the same package as Bun', () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const { allowScripts, overrides, patchedDependencies, workspaces } = JSON.parse(read('package.json')) as Record<
    string,
    object
  >
  expect(parse(read('pnpm-workspace.yaml'))).toEqual({
    packages: workspaces,
    allowBuilds: allowScripts,
    overrides,
    patchedDependencies,
  })
})
