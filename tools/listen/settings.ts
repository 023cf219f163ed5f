import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseOnce } from '../../runtime/arguments.ts'
import { apiUrlIn } from '../../runtime/api-url.ts'
import { secretText } from '../../domain/webhooks/secret.ts'

export interface ListenSettings {
  apiUrl: string
  apiKey: string
  forwardTo: string
  /** Null: every type. */
  types: string[] | null
}

export const usage = `npm run listen -- --forward-to URL [--types charge.*,billing_customer.activated]

Forwards the events of an organization to a server on this machine, signed as webhooks are. It uses the service of
npm start, or the one at BILLING_API_URL with the key in BILLING_API_KEY.`

/** Returns the settings of the command line and the environment. Throws an Error that says what to change. */
export function readSettings(args: string[], env: NodeJS.ProcessEnv): ListenSettings {
  const forwardTo = optionsOf(args)['forward-to']
  if (!forwardTo) throw new Error(`--forward-to is missing: the URL of your server.\n\n${usage}`)
  if (!URL.canParse(forwardTo) || !/^https?:$/.test(new URL(forwardTo).protocol))
    throw new Error('--forward-to must be a URL such as http://localhost:3000/hooks')
  if (new URL(forwardTo).username || new URL(forwardTo).password)
    throw new Error('--forward-to must not contain a user or a password: they are not sent')
  const types = optionsOf(args)
    .types?.split(',')
    .map((type) => type.trim())
    .filter(Boolean)
  return { ...serviceOf(env), forwardTo, types: types?.length ? types : null }
}

function optionsOf(args: string[]): { 'forward-to'?: string | undefined; types?: string | undefined } {
  try {
    return parseOnce({ args, options: { 'forward-to': { type: 'string' }, types: { type: 'string' } } }).values
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`)
  }
}

/** The service of the environment, or the local stack of this folder. */
function serviceOf(env: NodeJS.ProcessEnv): { apiUrl: string; apiKey: string } {
  const apiKey = (env.BILLING_API_KEY || env.API_KEY)?.trim()
  const given = apiUrlIn(env, ['BILLING_API_URL', 'API_URL'])
  if (apiKey) return { apiUrl: given ?? 'http://127.0.0.1:8080', apiKey }
  const file = join(resolve(env.LOCAL_DIR?.trim() || '.local'), 'ready.json')
  if (!existsSync(file))
    throw new Error(
      'No API key. Start a local stack with npm start, or set BILLING_API_URL and BILLING_API_KEY to a service and ' +
        'a key of it with the scopes webhook_endpoints:write and events:read.',
    )
  const ready = readReady(file)
  return { apiUrl: given ?? ready.api_url, apiKey: ready.secret_key }
}

/** The error of the parser would have a part of the text, which has the key. */
function readReady(file: string): { api_url: string; secret_key: string } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { api_url: string; secret_key: string }
  } catch {
    throw new Error(`${file} is not valid JSON of the stack: start it again`)
  }
}

/** Returns the key that signs. It depends on the API key alone, so that it is the same at every start. */
export const signingKey = (apiKey: string): Buffer => createHmac('sha256', apiKey).update('npm run listen').digest()
export const signingSecret = (apiKey: string): string => secretText(signingKey(apiKey))
