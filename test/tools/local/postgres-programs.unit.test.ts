import { chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPostgres } from '../../../tools/local/postgres/postgres.ts'
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

test.runIf(process.getuid?.() === 0)('a cluster that another account created is rejected with what to do', async () => {
  const data = join(at('cluster'), 'data')
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'PG_VERSION'), '18')
  chownSync(data, 12345, 12345)
  const options = { folder: at('cluster'), port: 1, password: 'x', logFile: at('log') }
  await expect(startPostgres(options)).rejects.toThrow(
    `${data} belongs to another account (user id 12345): start with that account`,
  )
})
