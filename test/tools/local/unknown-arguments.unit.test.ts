import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const cwd = fileURLToPath(new URL('../../../', import.meta.url))
const { PATH, HOME } = process.env

test.each(['tools/local/main.ts', 'api/main.ts', 'worker/main.ts'])(
  '%s starts nothing with an argument, which it would ignore',
  async (program) => {
    const args = ['--import', 'tsx', program, '--port', '9000']
    const ended = await new Promise((resolve) =>
      execFile(process.execPath, args, { cwd, env: { PATH, HOME } }, (error, out, said) =>
        resolve({ code: error?.code, out, said }),
      ),
    )
    expect(ended).toMatchObject({ code: 2, out: '', said: expect.stringMatching(/^Unknown option '--port'[^]*npm /) })
  },
)
