import { isUtf8 } from 'node:buffer'
import { readRegularFile } from '../../store/database/read-file.ts'

/** Variables whose value is a secret, or contains one. TEMPORAL_TLS_CLIENT_KEY_DATA has its own …_PATH. */
const secret = /^DATABASE_URL$|_(PASSWORD|SECRET_KEY|WEBHOOK_SECRET|CLIENT_SECRET|API_KEY|KEYS|SECRETS|OTLP_HEADERS)$/

const mostKilobytes = 64

/** Returns whether a variable can be given as a file, by the same name with `_FILE`. */
export const isSecret = (name: string): boolean => secret.test(name)

interface ReadFiles {
  /** The environment, with the content of each file in place of the variable that names it. */
  env: NodeJS.ProcessEnv
  /** A line for each file that cannot be used. Never its content. */
  problems: string[]
}

/**
 * Reads the files that variables such as STRIPE_LIVE_SECRET_KEY_FILE name, as Docker and Kubernetes provide secrets.
 * Line breaks at the end and a byte order mark are removed. `known` lists the variables that exist. An empty variable
 * counts as unset.
 */
export function readSecretFiles(given: NodeJS.ProcessEnv, known: readonly string[]): ReadFiles {
  const env = { ...given }
  const problems: string[] = []
  for (const name of known) {
    const variable = `${name}_FILE`
    const path = env[variable]
    delete env[variable]
    if (!path) continue
    if (!isSecret(name)) problems.push(`${variable} must not be set: only secrets are read from files`)
    else if (env[name]) problems.push(`${variable} must not be set together with ${name}`)
    else {
      const content = contentOf(path.trim())
      if ('text' in content) env[name] = content.text
      else problems.push(`${variable} ${content.problem}`)
    }
  }
  return { env, problems }
}

function contentOf(path: string): { text: string } | { problem: string } {
  try {
    const text = decode(readRegularFile(path, mostKilobytes)).replace(/[\r\n]+$/, '')
    return text === '' ? { problem: 'names an empty file' } : { text }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** Removes a byte order mark. UTF-16 has NUL characters. */
function decode(content: Buffer): string {
  if (!isUtf8(content) || content.includes(0)) throw new Error('names a file that is not UTF-8 text')
  return new TextDecoder().decode(content)
}
