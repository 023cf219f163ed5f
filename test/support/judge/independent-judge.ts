import { Agent, request as httpRequest } from 'node:http'
import Stripe from 'stripe'
import { inject } from 'vitest'
import { findCall } from '../../../tools/simulators/stripe/api/calls.ts'
import { parseForm } from '../../../tools/simulators/stripe/api/form.ts'
import type { HeardRequest, Listener } from '../../../tools/simulators/stripe/listener.ts'
import { newerAccountFields, newerDisputeFields, newerFields, newerParameters } from './newer-than-document.ts'
import { ClosedDocument } from './stripe-document.ts'
import type { StripeMock } from './stripe-mock.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Null if Go is not installed. */
    stripeMock: StripeMock | null
  }
}

export interface Refusal {
  /** Such as `POST /v1/customers`, with `:id` for an id. */
  call: string
  reason: string
}

/** Has the only form of key that stripe-mock accepts. Whose key a request has is not what it judges. */
const mockKey = 'sk_test_123'
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
let document: ClosedDocument | undefined

/** Returns the document of the run's stripe-mock, which is read once per process. */
export const documentOf = ({ document: file }: StripeMock) => (document ??= new ClosedDocument(file))

const pending = new Set<Promise<void>>()
const refusals: Refusal[] = []
let requests = 0

/**
 * Sends stripe-mock and the closed document a copy of each request of the SDK. Skips the simulated Stripe.js and tests'
 * own requests: the SDK is recognized by its User-Agent, the browser by its publishable key.
 */
export function independentJudge(): Listener | undefined {
  const mock = inject('stripeMock')
  if (!mock) return undefined
  return {
    request(heard) {
      if (!isOfSdk(heard)) return
      requests++
      const work = judge(mock, heard).finally(() => pending.delete(work))
      pending.add(work)
    },
    answer(heard, status, body) {
      if (!isOfSdk(heard) || status !== 200) return
      for (const reason of documentOf(mock).answer(heard.method, heard.path, body))
        if (!isNewerField(reason)) refusals.push({ call: nameOf(heard), reason: `answer: ${reason}` })
    },
  }
}

const isOfSdk = ({ userAgent, authorization }: HeardRequest) =>
  userAgent.startsWith('Stripe/v1 NodeBindings/') && !authorization.startsWith('Bearer pk_')

/** Returns what was judged and rejected since the last call, after stripe-mock has responded to all of it. */
export async function settleIndependent(): Promise<{ requests: number; refusals: Refusal[] }> {
  await Promise.all(pending)
  const fresh = requests
  requests = 0
  return { requests: fresh, refusals: refusals.splice(0) }
}

async function judge(mock: StripeMock, heard: HeardRequest): Promise<void> {
  const call = nameOf(heard)
  const refuse = (reason: string) => void refusals.push({ call, reason })
  for (const reason of documentOf(mock).request(heard.method, heard.path, withoutNewer(call, parseForm(heard.form))))
    refuse(`the document of ${documentOf(mock).version}: ${reason}`)
  const form = inKnownVersion(heard.form, documentOf(mock).version)
  const { status, body } = await ask(mock.url, { ...heard, form })
  if (status !== 200) refuse(`stripe-mock answers ${status}: ${messageOf(body)}`)
}

const nameOf = ({ method, path }: HeardRequest) => `${method} ${findCall(method, path)?.call.path ?? path}`

/** Replaces our API version, which endpoints ask for, by the newest one that the document knows. */
const inKnownVersion = (form: string, known: string) =>
  form.replace(`api_version=${Stripe.API_VERSION}`, `api_version=${known}`)

/** Removes memory addresses of validators from a message. */
const messageOf = (body: string) =>
  (/"message": ?"(.*?)"/.exec(body)?.[1] ?? body).replace(/validator 0x\w+ failed: /, '')

const isNewerField = (reason: string) => {
  const [, field] = /^(?:\/data\/\d+)?(?:\/latest_charge)?\/(\w+) is unknown$/.exec(reason) ?? []
  // Sent values are stored on the object and returned.
  const parameter = newerParameters.some(({ path }) => reason.endsWith(`/${path.join('/')} is unknown`))
  const ofObject = [...newerAccountFields, ...newerDisputeFields].some(
    (path) => reason.replace(/^\/data\/\d+/, '') === `${path} is unknown`,
  )
  return parameter || ofObject || (field !== undefined && Object.hasOwn(newerFields, field))
}

function withoutNewer(call: string, input: Record<string, unknown>): Record<string, unknown> {
  for (const { path, calls } of newerParameters) if (calls.includes(call)) remove(input, path)
  return input
}

function remove(value: unknown, [first, ...rest]: string[]): void {
  if (typeof value !== 'object' || value === null || first === undefined) return
  const fields = value as Record<string, unknown>
  if (rest.length === 0) delete fields[first]
  else remove(fields[first], rest)
}

function ask(url: string, { method, path, form }: HeardRequest): Promise<{ status: number; body: string }> {
  const target = new URL(method === 'GET' && form ? `${path}?${form}` : path, url)
  const headers = {
    Authorization: `Bearer ${mockKey}`,
    ...(method === 'GET' ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' }),
  }
  return new Promise((resolve, reject) => {
    const sent = httpRequest(target, { method, headers, agent, timeout: 60_000 }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.on('timeout', () => sent.destroy(new Error('stripe-mock does not answer')))
    sent.end(method === 'GET' ? undefined : form)
  })
}
