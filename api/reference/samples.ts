import type { Operation } from './complete-document.ts'
import { exampleOf, type Schema } from './schema-example.ts'

/** Sample calls of an operation, in each language of the reference. */
export interface Sample {
  language: 'curl' | 'typescript' | 'python'
  code: string
}

interface Call {
  method: string
  path: string
  parameters: Record<string, unknown>
  /** Content type of a body that is not JSON. */
  fileType: string | undefined
  body: unknown
  /** The header that has the API key, if any. */
  credential: string | undefined
}

const server = 'https://billing.example.com'

/** Returns the samples of an operation, made of the examples in the document. */
export function samplesOf(
  method: string,
  path: string,
  operation: Operation,
  resolve: (ref: string) => Schema,
): Sample[] {
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
  const example = ({ name, example, schema = {} }: (typeof inPath)[number]) =>
    example ?? (schema.example === undefined && name === 'id' ? `${kindOf(path)}_…` : exampleOf(schema, resolve))
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const call: Call = {
    method,
    path,
    parameters: Object.fromEntries(inPath.map((parameter) => [parameter.name!, example(parameter)])),
    fileType: type === 'application/json' ? undefined : type,
    body: media?.example,
    credential: credentialOf(operation),
  }
  return [
    { language: 'curl', code: curl(call) },
    { language: 'typescript', code: path.startsWith('/v1/') ? clientCall(call, operation) : fetchCall(call) },
    { language: 'python', code: python(call) },
  ]
}

/** Prefixes of ids, by the name of the list. */
const prefixes: Record<string, string> = {
  ...{ customers: 'cus', billing_customers: 'bc', charges: 'ch', billable_items: 'bi', enrollments: 'enr' },
  ...{ events: 'evt', brands: 'brand', api_keys: 'key', webhook_endpoints: 'we', bulk_onboardings: 'bulk' },
}
const kindOf = (path: string) => prefixes[/(\w+)\/\{id\}/.exec(path)?.[1] ?? ''] ?? 'id'

function credentialOf({ security }: Operation): string | undefined {
  const [scheme] = Object.keys(security?.[0] ?? {})
  if (scheme === undefined) return undefined
  return scheme === 'secretKey' ? 'Authorization' : 'x-api-key'
}

function urlOf({ path, parameters }: Call): string {
  return `${server}${path.replace(/\{(\w+)\}/g, (_, name: string) => String(parameters[name]))}`
}

function curl(call: Call): string {
  const { method, body, credential, fileType } = call
  const key = { Authorization: '"Authorization: Bearer $API_KEY"', 'x-api-key': '"x-api-key: $API_KEY"' }
  const lines = [
    `curl ${urlOf(call)}`,
    ...(['get', 'post'].includes(method) && (method === 'get' || body !== undefined)
      ? []
      : [`-X ${method.toUpperCase()}`]),
    ...(credential ? [`-H ${key[credential as keyof typeof key]}`] : []),
    ...(body === undefined
      ? []
      : fileType
        ? [`-H 'Content-Type: ${fileType}'`, '--data-binary @contacts.csv']
        : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`]),
  ]
  return lines.join(' \\\n  ')
}

/** A call with the client package. */
function clientCall({ method, path, parameters, body, fileType }: Call, operation: Operation): string {
  const options = {
    ...(Object.keys(parameters).length > 0 ? { params: { path: parameters } } : {}),
    ...(fileType ? { headers: { 'Content-Type': fileType } } : {}),
    ...(body === undefined ? {} : { body }),
  }
  const rest = Object.keys(options).length > 0 ? `, ${scriptLiteral(options)}` : ''
  const isList = operation.operationId.startsWith('list')
  if (isList) return `for await (const each of billing.list('${path}'${rest})) console.log(each)`
  return `const answer = await billing.${method}('${path}'${rest})`
}

function headersOf({ body, credential }: Call, key: string): Record<string, string> {
  return {
    ...(credential ? { [credential]: credential === 'Authorization' ? `Bearer ${key}` : key } : {}),
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
  }
}

function fetchCall(call: Call): string {
  const { method, body } = call
  const headers = JSON.stringify(headersOf(call, '${API_KEY}')).replace(/"([^"]*\$\{API_KEY\})"/, '`$1`')
  const sent = body === undefined ? '' : `\n  body: JSON.stringify(${scriptLiteral(body).replaceAll('\n', '\n  ')}),`
  return (
    `const response = await fetch('${urlOf(call)}', {\n  method: '${method.toUpperCase()}',\n` +
    `  headers: ${headers.replace(/"(\w+)":/g, '$1:').replaceAll('"', "'")},${sent}\n})\n` +
    'const answer = await response.json()'
  )
}

function python(call: Call): string {
  const { method, body, credential, fileType } = call
  const key = credential ? ['API_KEY = os.environ["API_KEY"]'] : []
  const bearer = credential === 'Authorization' ? 'f"Bearer {API_KEY}"' : 'API_KEY'
  const auth = credential ? `"${credential}": ${bearer}` : ''
  const lines = [
    `response = requests.${method}(`,
    `    "${urlOf(call)}",`,
    ...(credential ? [`    headers={${auth}${fileType ? `, "Content-Type": "${fileType}"` : ''}},`] : []),
    ...(fileType ? ['    data=open("contacts.csv", "rb"),'] : []),
    ...(body === undefined || fileType ? [] : [`    json=${pythonLiteral(body).replaceAll('\n', '\n    ')},`]),
    ')',
  ]
  return ['import os, requests', '', ...key, ...lines, 'response.raise_for_status()'].join('\n')
}

const scriptLiteral = (value: unknown) =>
  JSON.stringify(value, null, 2)
    .replace(/"([A-Za-z_]\w*)":/g, '$1:')
    .replace(/"((?:[^"\\']|\\.)*)"/g, "'$1'")

function pythonLiteral(value: unknown): string {
  return JSON.stringify(value, null, 4).replace(
    /(: |^\s*)(true|false|null)(?=,?$)/gm,
    (_, before: string, word: string) => `${before}${{ true: 'True', false: 'False', null: 'None' }[word]}`,
  )
}
