import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { isAlive, startProgram, waitUntilReady } from '../../../tools/local/processes.ts'

// Programs of the local stack that never become ready.

const folder = temporaryFolder('ready')
const logFile = join(folder, 'log')
afterAll(() => rmSync(folder, { recursive: true }))

const start = () => startProgram('sleep', ['600'], { logFile })
const never = () => new Promise<boolean>(() => {})

test('a program that accepts connections and never responds is reported in time, and stopped', async () => {
  const started = start()
  const waiting = waitUntilReady(started, { name: 'It', logFile, isReady: never, timeout: 200 })
  await expect(waiting).rejects.toThrow('It was not ready within 0 seconds')
  expect(isAlive(started.process.pid)).toBe(false)
})

test('a start that waits for such a program can be canceled', async () => {
  const started = start()
  const canceling = new AbortController()
  const waiting = waitUntilReady(started, { name: 'It', logFile, isReady: never, signal: canceling.signal })
  canceling.abort()
  await expect(waiting).rejects.toThrow('aborted')
  expect(isAlive(started.process.pid)).toBe(false)
})

test('a program that will never be ready is stopped, with the reason', async () => {
  const started = start()
  const isReady = () => Promise.reject(new Error('another password'))
  await expect(waitUntilReady(started, { name: 'It', logFile, isReady })).rejects.toThrow('another password')
  expect(isAlive(started.process.pid)).toBe(false)
})

test('the error has the lines of this start, not those of an earlier one in the same file', async () => {
  const earlier = join(folder, 'earlier')
  writeFileSync(earlier, 'FATAL: could not bind: Address already in use\n')
  const failed = async (script: string) => {
    const started = startProgram('sh', ['-c', script], { logFile: earlier })
    return waitUntilReady(started, { name: 'It', logFile: earlier, isReady: async () => false }).catch(String)
  }
  expect(await failed('exit 1')).toBe(`Error: It exited before it was ready; see ${earlier}`)
  expect(await failed('echo mine >&2; exit 1')).toBe(`Error: It exited before it was ready; see ${earlier}\nmine`)
})

test('the reason that a program wrote before its panic is in the message, by which another port is tried', async () => {
  const trace = 'x.go:1\\n'.repeat(20)
  const script = `printf 'listen tcp: bind: address already in use\\npanic: nil\\n${trace}'; exit 2`
  const logFile = join(folder, 'panic.log')
  const started = startProgram('/bin/sh', ['-c', script], { logFile })
  const ready = waitUntilReady(started, { name: 'Temporal', logFile, isReady: async () => false })
  await expect(ready).rejects.toThrow('bind: address already in use')
})
