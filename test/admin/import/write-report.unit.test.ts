import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Match } from '../../../admin/import/match-customers.ts'
import { prepareFolder, writeReport } from '../../../admin/import/write-report.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
})
afterAll(() => rm(folder, { recursive: true }))

const match = (verdict: Match['verdict']): Match =>
  ({ verdict, id: 'cus_1', methodId: 'pm_1', externalIds: ['usr_1'], reason: 'same_email' }) as Match
const write = () => writeReport(folder, 'stripe', [match('matched'), match('ambiguous')])

test('an earlier report is replaced', async () => {
  await write()
  await writeFile(join(folder, 'customers-2.csv.part'), 'interrupted')
  await write()
  expect((await readdir(folder)).toSorted()).toEqual(['ambiguous.csv', 'customers.csv'])
})

test('a path that cannot be a folder is an error of --out', async () => {
  const file = join(folder, 'a file')
  await writeFile(file, '')
  await symlink(join(folder, 'nowhere', 'x'), join(folder, 'dangling'))
  for (const path of [file, join(file, 'below'), join(folder, 'dangling', 'below'), join(folder, 'nul\0')])
    await expect(prepareFolder(path)).rejects.toThrow('must be a folder that can be written (')
})

test.runIf(existsSync('/proc/self'))('a file system that refuses folders and files is an error of --out', async () => {
  for (const path of ['/proc/report', '/proc/self/a/b', '/proc/self'])
    await expect(prepareFolder(path)).rejects.toThrow('must be a folder that can be written (')
})

test.each(['customers.csv', 'ambiguous.csv.part'])('a folder %s is not taken for a file of ours', async (name) => {
  const path = join(folder, name)
  await rm(path, { force: true })
  await mkdir(path)
  const message = `has a file ${name} that is not of an earlier report: choose another folder`
  await expect(prepareFolder(folder)).rejects.toMatchObject({ param: '--out', message })
  await rm(path, { recursive: true })
})

test.each(['customers.csv', 'ambiguous.csv', 'customers-2.csv', 'unmatched.csv'])(
  'a file %s of something else is not deleted',
  async (name) => {
    await write()
    const file = join(folder, name)
    for (const text of ['name,email\nAda,ada@example.com\n', '']) {
      await writeFile(file, text)
      const message = `has a file ${name} that is not of an earlier report: choose another folder`
      await expect(prepareFolder(folder)).rejects.toMatchObject({ param: '--out', message })
      await expect(write()).rejects.toMatchObject({ message })
      expect(await readFile(file, 'utf8')).toBe(text)
    }
    await rm(file)
  },
)
