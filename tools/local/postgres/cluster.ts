import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './programs.ts'

interface Cluster {
  /** The folder above `bin/`. */
  native: string
  data: string
  account: Account | undefined
}

/**
 * Creates the cluster if missing. It is renamed to `data` last, so that an interrupted run leaves no partial cluster.
 * Throws an Error, and removes nothing, if something else is there.
 */
export async function initializeCluster(cluster: Cluster, password: string, signal?: AbortSignal): Promise<void> {
  const { native, data, account } = cluster
  requireOwner(data, account?.uid)
  if (isCluster(data)) return
  // `initdb` starts the server through a shell, with this path in double quotes.
  if (/["$`\\\n]/.test(native))
    throw new Error(
      `PostgreSQL cannot be started from ${native}: ` +
        'move the checkout to a path without " $ ` and \\, or set DATABASE_URL',
    )
  removeUnfinished(data)
  const work = mkdtempSync(`${data}.new-`)
  try {
    await runInitdb({ ...cluster, work }, password, signal)
    renameSync(join(work, 'cluster'), data)
  } catch (error) {
    signal?.throwIfAborted()
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw new Error(`PostgreSQL's files could not be created in ${data}:\n${stderr.trim() || message}`)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Creates the cluster in `work`, which also holds the file with the password. */
async function runInitdb(
  { native, work, account }: Cluster & { work: string },
  password: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const passwordFile = join(work, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [work, passwordFile]) chownSync(path, account.uid, account.gid)
  const options = ['--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8']
  const args = ['--pgdata', join(work, 'cluster'), ...options, '--locale', 'C', '--no-sync', '--no-instructions']
  await promisify(execFile)(join(native, 'bin', 'initdb'), args, { ...account, cwd: '/', signal })
}

/** Removes what starts left that were killed meanwhile. Their `initdb` may still write to it for a moment. */
function removeUnfinished(data: string): void {
  const isUnfinished = (name: string) => name.startsWith(`${basename(data)}.new-`) && /-\w{6}$/.test(name)
  for (const name of readdirSync(dirname(data)).filter(isUnfinished))
    rmSync(join(dirname(data), name), { recursive: true, force: true, maxRetries: 5 })
}

/** Returns whether the cluster exists. Throws an Error if something else is there: it may be worth recovering. */
function isCluster(data: string): boolean {
  if (existsSync(join(data, 'PG_VERSION'))) return true
  const found = statSync(data, { throwIfNoEntry: false })
  if (!found || (found.isDirectory() && readdirSync(data).length === 0)) return false
  throw new Error(
    `${data} has no PG_VERSION, so it is a damaged database or none: ` +
      'restore that file, remove the folder to start anew, or set LOCAL_DIR to another one',
  )
}

/** PostgreSQL can read only its own files. Those of a start under another account would fail with its message. */
function requireOwner(data: string, uid = process.getuid?.()): void {
  const owner = statSync(data, { throwIfNoEntry: false })?.uid
  if (uid !== undefined && owner !== undefined && owner !== uid)
    throw new Error(
      `${data} belongs to another account (user id ${owner}): ` +
        'start with that account, remove the folder, or set LOCAL_DIR to another one',
    )
}
