import { chownSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sharedFolder } from '../../../tools/local/postgres/programs.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const place = temporaryFolder('postgres-programs')
const at = (name: string) => join(place, `billing-onboarding-${name}`)

test('a folder that another account created where root would copy PostgreSQL is rejected', () => {
  symlinkSync('/tmp', at('link'))
  expect(() => sharedFolder('link', place)).toThrow(`${at('link')} belongs to another account`)
  mkdirSync(at('planted'))
  if (process.getuid?.() === 0) chownSync(at('planted'), 12345, 12345)
  expect(() => sharedFolder('planted', place)).toThrow(`${at('planted')} belongs to another account`)
  expect(sharedFolder('missing', place)).toBe(at('missing'))
})
