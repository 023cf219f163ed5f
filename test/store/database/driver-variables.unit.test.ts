import { afterEach, expect, test, vi } from 'vitest'
import { openDatabase } from '../../../store/database/database.ts'
import { openDriver } from '../../../store/database/open-driver.ts'

// The driver takes options that nobody gave from variables. A shell that is set up for another server has some of them.

const ofOtherServers = {
  PGTARGETSESSIONATTRS: 'standby',
  PGHOST: 'elsewhere',
  PGPORT: '1',
  PGSSL: 'require',
  PGMAX: '1',
  PGMAX_LIFETIME: '1',
  PGKEEP_ALIVE: '1',
  PGPREPARE: 'false',
  PGFETCH_TYPES: 'false',
  PGDEBUG: '1',
  PGAPPNAME: 'other',
  PGUSER: 'other',
  PGPASSWORD: 'other',
  PGDATABASE: 'other',
}
const url = 'postgres://u:p@127.0.0.1:5432/d'

afterEach(() => vi.unstubAllEnvs())

const set = (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}
/** Returns the options of a pool with their values, functions by their presence. */
const optionsOf = ({ options }: { options: unknown }) =>
  JSON.parse(JSON.stringify(options, (_, value: unknown) => (typeof value === 'function' ? 'set' : value))) as object

test.each([
  ['the service', () => openDatabase(url, { name: 'test' })],
  ['the local stack', () => openDriver({ max: 1 }, url)],
])('variables of the shell change no connection of %s', (_, open) => {
  const expected = optionsOf(open())
  set(ofOtherServers)
  expect(optionsOf(open())).toEqual(expected)
  // Other programs that this process starts still see them.
  expect(process.env).toMatchObject(ofOtherServers)
})

test('a value that the driver does not know does not stop a program', () => {
  set({ PGTARGETSESSIONATTRS: 'any' })
  expect(() => openDatabase(url, { name: 'test' })).not.toThrow()
})

test('what the connection string leaves out comes from the variables that libpq has for it', () => {
  set({ PGUSER: 'someone', PGDATABASE: 'somewhere', PGPASSWORD: 'hidden' })
  const { user, database, pass } = optionsOf(openDatabase('postgres://127.0.0.1', { name: 'test' })) as Record<
    string,
    unknown
  >
  expect({ user, database, pass }).toEqual({ user: 'someone', database: 'somewhere', pass: 'hidden' })
})
