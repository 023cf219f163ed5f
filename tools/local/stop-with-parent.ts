import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { RunningProcess } from './processes.ts'

/**
 * Stops a program when this process is gone, even if it was killed with SIGKILL: a shell waits for the end of its
 * input, a pipe that only this process holds. Without a shell, the next start stops the program.
 */
export function stopWithParent({ pid, ended }: RunningProcess, signal: 'SIGINT' | 'SIGTERM'): void {
  if (pid === 0) return
  const script = `read -r _; kill -s ${signal.slice(3)} ${pid}`
  // Not in this process group, so that Ctrl-C does not end the shell before this process.
  const shell = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: {},
  })
  shell.on('error', () => {})
  shell.unref()
  const input = shell.stdin as Socket
  input.on('error', () => {})
  input.unref()
  void ended.then(() => shell.kill('SIGKILL'))
}
