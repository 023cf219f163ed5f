import { closeSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../tools/scripts/bundle-program.ts'

test('a bundle that another process is reading is replaced, never overwritten in place', async () => {
  const file = await bundleProgram('tools/bench/documents.ts')
  const reader = openSync(file, 'r')
  try {
    expect(await bundleProgram('tools/bench/documents.ts')).toBe(file)
    expect(statSync(file).ino).not.toBe(fstatSync(reader).ino)
  } finally {
    closeSync(reader)
  }
  expect(readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`))).toEqual([])
})
