import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../deploy/compose/', import.meta.url))
/** The strictest shell that is installed: images have dash or BusyBox. */
const shell = existsSync('/usr/bin/dash') ? '/usr/bin/dash' : '/bin/sh'

/** Runs a script of deploy/compose/ as its container does. Returns its exit code and everything it printed. */
export function runScript(
  [script, ...args]: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) =>
    execFile(shell, [`${folder}${script}`, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    ),
  )
}

export const rolesFile = `${folder}roles.sql`
