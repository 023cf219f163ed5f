import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { release } from '../../domain/release.ts'

test('the release in code is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  expect(release).toBe(version)
})
