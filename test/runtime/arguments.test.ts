import { afterEach, expect, test, vi } from 'vitest'
import { bulkCommands } from '../../admin/bulk/commands.ts'
import { apiUrlIn } from '../../runtime/api-url.ts'
import { readArguments } from '../../runtime/arguments.ts'
import { shownUrl } from '../../runtime/terminal.ts'
import { createForward } from '../../tools/listen/forward.ts'
import { readSettings } from '../../tools/listen/settings.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const key = { BILLING_API_KEY: 'sk_test_1' }
const to = 'http://127.0.0.1:3000/hooks'

test('a program rejects an option that is given twice, and takes a switch twice', () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  const argv = vi.spyOn(process, 'argv', 'get')
  const options = { seed: { type: 'string' }, plan: { type: 'boolean' }, only: { type: 'string' } } as const
  const read = (...args: string[]) => {
    argv.mockReturnValue(['node', 'main.ts', ...args])
    return readArguments('usage', { options }).values
  }
  expect(() => read('--seed', '1', '--only=a', '--seed=2')).toThrow('exit 2')
  expect(printed).toHaveBeenCalledWith('--seed: must not be specified more than once\n\nusage')
  expect(read('--plan', '--seed', '1', '--plan')).toEqual({ seed: '1', plan: true })
})

test.each([
  [['--forward-to', to, '--forward-to', 'http://127.0.0.1:4000']],
  [['--forward-to', to, '--types=a', '--types', 'charge.*']],
])('npm run listen rejects %j', (args) => {
  const option = args[2]!.split('=')[0] === '--types' ? '--types' : '--forward-to'
  expect(() => readSettings(args, key)).toThrow(`${option}: must not be specified more than once`)
})

test.each(['http://user:hush@127.0.0.1:3000/', 'http://hush@127.0.0.1/', 'http://u:hush@[bad', 'ftp://u:hush@h/'])(
  'npm run listen rejects %s, and prints no part of it',
  (url) => {
    const read = () => readSettings(['--forward-to', url], key)
    expect(read).toThrow(/^--forward-to must/)
    expect(read).not.toThrow(/hush/)
  },
)

const withPassword = 'https://u:hush@billing.example'
const refused = 'must not contain a user or a password'

test('the URL of the API never contains a password', async () => {
  const listen = () => readSettings(['--forward-to', to], { ...key, API_URL: withPassword })
  expect(listen).toThrow(`API_URL ${refused}`)
  expect(() => apiUrlIn({ BILLING_API_URL: withPassword, PUBLIC_URL: to }, ['BILLING_API_URL', 'PUBLIC_URL'])).toThrow(
    `BILLING_API_URL ${refused}`,
  )
  const options = { file: 'contacts.csv', organization: 'org_1', environment: 'sandbox', 'api-url': withPassword }
  const error = await bulkCommands['bulk-onboard']!.run({} as never, options).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ param: '--api-url', message: refused })
})

test('a URL is printed without what can be a secret', async () => {
  expect(shownUrl('https://u:hush@h:8443/hooks?token=hush#hush')).toBe('https://h:8443/hooks?…')
  expect(shownUrl('hush')).toBe('an address that is not a URL')
  const said: string[] = []
  const absent = { error: 'refused', status: null, took: 1, response: null } as never
  const forward = createForward({
    post: () => Promise.resolve(absent),
    url: `${to}?token=hush`,
    key: Buffer.from('k'),
    say: (line) => said.push(line),
    pause: () => Promise.reject(new Error('the end')),
  })
  await expect(forward({ id: 'evt_1', type: 'charge.refunded' })).rejects.toThrow('the end')
  expect(said).toEqual([`evt_1 charge.refunded waits: no server at ${to}?… (refused)`])
})
