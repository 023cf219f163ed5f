import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { settingRules } from '../domain/tenant/settings.ts'
import { readRegularFile } from '../store/database/read-file.ts'
import { escaped } from './terminal.ts'

// Formats of environment variables. Each message continues the variable's name: "PORT must be …".

const withoutQuotes = 'must not contain quotes: set the value without them'

/** Returns whether a host name, as `URL` returns it, is a loopback address. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'))

export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
/** A list for which none is not a choice. An empty value counts as unset, so blanks must not mean something else. */
export const filledList = commaList.refine(
  (list) => list.length > 0,
  'must not be blank: leave it empty for the default',
)

export const whole = (least: number, most: number) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,15}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`)

const decimal = /^\d{1,12}(\.\d{1,9})?$/
const isSeconds = (text: string) => decimal.test(text) && settingRules.linkLife.accepts(Number(text))

/** The default of a setting in seconds, with the limits of that setting. */
export const seconds = z
  .string()
  .trim()
  .refine(isSeconds, 'must be a number of seconds above 0, at most a year')
  .transform(Number)

export const listOfSeconds = filledList
  .refine(
    (list) => list.every(isSeconds) && settingRules.reminders.accepts(list.map(Number)),
    `must be ${settingRules.reminders.rule}, separated by commas`,
  )
  .transform((list) => list.map(Number))

/** A number from 0 to 1. */
export const share = z
  .string()
  .trim()
  .regex(/^(1(\.0{1,9})?|0?\.\d{1,9}|0)$/, 'must be a number from 0 to 1')
  .transform(Number)

export const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`))

const yes = ['true', '1', 'yes', 'on']
const no = ['false', '0', 'no', 'off']
export const boolean = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => [...yes, ...no].includes(text), 'must be true or false (also 1, 0, yes, no, on, off)')
  .transform((text) => yes.includes(text))

/**
 * An http or https URL without user, query and fragment, and without a path unless `path` is set. Without a path it is
 * an origin as browsers and gateways write it: in lowercase, in punycode, without the default port.
 */
export const httpUrl = ({ path = false } = {}) =>
  z
    .string()
    .trim()
    .superRefine((text, context) => {
      const problem = whyNotUrl(text, path)
      if (problem) context.addIssue({ code: 'custom', message: problem })
    })
    .transform((text) => (path ? text.replace(/\/+$/, '') : new URL(text).origin))

function whyNotUrl(text: string, path: boolean): string | undefined {
  // The parser silently corrects whitespace, backslashes and missing slashes.
  if (!/^https?:\/\/[^/\\\s\p{C}]/iu.test(text) || /[\s\p{C}\\]/u.test(text) || !URL.canParse(text))
    return 'must be a URL that starts with https:// or http://'
  const { username, password } = new URL(text)
  if (username || password) return 'must not contain a user or a password'
  if (text.includes('?') || text.includes('#')) return 'must not have a query or a fragment (? or #)'
  // The parser also accepts ; , ' and other characters, which have a meaning in a Content-Security-Policy or in HTML.
  const { hostname } = new URL(text)
  if (!hostname.startsWith('[') && !isHost(hostname))
    return 'must have a host name of letters, digits, dots and hyphens, or an IP address'
  if (!path && new URL(text).pathname !== '/')
    return 'must not have a path: the paths of this service start at the root of a host name'
  return undefined
}

/**
 * A value for an HTTP header or a signature. Surrounding whitespace, often pasted along, is removed. No credential has
 * quotes, but some programs that read .env files (`docker run --env-file`) keep those around a value.
 */
export const credential = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must not contain whitespace or invisible characters')
  .regex(/^[^"'`]*$/, withoutQuotes)

/** A name that must match a name elsewhere: an invisible character would make it another name. */
export const plainName = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters without spaces')
  .regex(/^[^"'`]*$/, withoutQuotes)

/** Temporal adds both names of a version to an id of at most 255 characters, and separates them by `.` or `:`. */
const versionName = (name: string) => name.length <= 100 && !name.startsWith('__')
export const buildId = plainName.refine(versionName, 'must be at most 100 characters, and not begin with __')
export const deploymentName = buildId.refine((name) => !/[.:]/.test(name), 'must not contain . or :')

/** A word such as `production`. */
export const word = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z\d_-]+$/, 'must be a word such as production, without quotes')

const hostName = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i
/** Rejects digits and dots that are not an IPv4 address: some programs read them as one. */
const isHost = (text: string) => isIP(text) !== 0 || (hostName.test(text) && !/^[\d.]+$/.test(text))

/** Whether an IPv6 address contains an IPv4 address: `::ffff:10.0.0.1`, `::10.0.0.1`, in any spelling. */
export const isIPv4InIPv6 = (address: string): boolean =>
  isIP(address) === 6 && /^\[::(?:ffff:)?[\da-f]+:[\da-f]+\]$/.test(new URL(`http://[${address}]`).hostname)

/** The address on which a server listens. */
export const listenHost = z
  .string()
  .trim()
  .refine((text) => isHost(text), 'must be an IP address or a host name, without a port: 127.0.0.1, 0.0.0.0 or ::')

/** `host:port` for gRPC; an IPv6 address is in brackets. The default port is 7233. */
export const grpcAddress = z
  .string()
  .trim()
  .refine((text) => {
    const [, v6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
    const host = v6 !== undefined ? isIP(v6) === 6 : name !== undefined && isHost(name)
    return host && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535))
  }, 'must be host:port, such as temporal.example:7233, without http://')
  .transform((text) => (/[^:\]]*\]?:\d+$/.test(text) ? text : `${text}:7233`))

/** Addresses and networks of proxies, such as `10.0.0.0/8` or `192.0.2.1`. */
export const networks = filledList.superRefine((list, context) => {
  for (const item of list) {
    const problem = whyNotNetwork(item)
    if (problem) context.addIssue({ code: 'custom', message: `has "${escaped(item.slice(0, 60))}", ${problem}` })
  }
})

function whyNotNetwork(item: string): string | undefined {
  const [address = '', bits, ...rest] = item.split('/')
  const version = isIP(address)
  const most = version === 4 ? 32 : 128
  if (version === 0 || address.includes('%') || rest.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
    return 'which is not an IP address or a network: use a list such as 10.0.0.0/8,192.0.2.1,2001:db8::/32'
  if (bits !== undefined && Number(bits) > most) return `whose prefix is longer than ${most} bits`
  if (Number(bits) === 0) return 'which matches every address: any client could forge its address'
  if (isIPv4InIPv6(address)) return 'which is an IPv4 address in IPv6 form: write it as IPv4'
  return undefined
}

/** Returns whether a constructor accepts a text. */
const isReadBy = (parse: (text: string) => unknown) => (text: string) => {
  try {
    return parse(text) !== undefined
  } catch {
    return false
  }
}
const isCertificate = isReadBy((text) => new X509Certificate(text))
const isPrivateKey = isReadBy(createPrivateKey)

/** A certificate in PEM format. */
export const certificates = z.string().refine(isCertificate, 'must be a certificate in PEM format')

/** A private key in PEM format, without a passphrase. */
export const privateKey = z.string().refine(isPrivateKey, 'must be a private key in PEM format, without a passphrase')

/** The path of a readable file with this content, of at most 1 MB. */
const fileWith = (isContent: (text: string) => boolean, what: string, mostKilobytes = 1024) =>
  z
    .string()
    .trim()
    .superRefine((path, context) => {
      const refuse = (message: string) => context.addIssue({ code: 'custom', message })
      try {
        if (!isContent(readRegularFile(path, mostKilobytes).toString())) refuse(`must name a file with ${what}`)
      } catch (error) {
        refuse((error as Error).message)
      }
    })

export const certificateFile = fileWith(isCertificate, 'a certificate in PEM format')
export const privateKeyFile = fileWith(isPrivateKey, 'a private key in PEM format, without a passphrase')
/** Temporal requires the source map in the file itself. */
export const workflowBundle = fileWith(
  (text) => text.includes('//# sourceMappingURL=data:'),
  'workflow code that npm run build wrote',
  64 * 1024,
)

/** The base URL of a vendor: https, or a simulator on loopback. */
export const vendorUrl = (form: { path?: boolean } = {}) =>
  httpUrl(form).refine(
    (text) => text.startsWith('https:') || isLoopback(new URL(text).hostname),
    'must be https, except on loopback',
  )
