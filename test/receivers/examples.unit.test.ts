import { test } from 'vitest'
import { checkReceiver } from '../support/receivers/example.ts'

test.each(['receiver.mjs', 'receiver-without-library.mjs'])(
  'docs/examples/receivers/%s verifies real requests, and processes each event once and in order',
  (file) => checkReceiver({ command: process.execPath, args: [file] }),
)
