import { chownSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { elsewhere } from '../../../tools/local/postgres.ts'
import { temporaryFolder } from '../../../tools/local/temporary-folder.ts'

const place = temporaryFolder('elsewhere')
const at = (name: string) => join(place, `billing-onboarding-${name}`)

test('a folder that another user could have planted where root copies PostgreSQL is refused', () => {
  symlinkSync('/tmp', at('link'))
  expect(() => elsewhere('link', place)).toThrow(`${at('link')} belongs to somebody else`)
  mkdirSync(at('planted'))
  if (process.getuid?.() === 0) chownSync(at('planted'), 12345, 12345)
  expect(() => elsewhere('planted', place)).toThrow(`${at('planted')} belongs to somebody else`)
  expect(elsewhere('missing', place)).toBe(at('missing'))
})
