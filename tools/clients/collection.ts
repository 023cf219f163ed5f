import { readFileSync } from 'node:fs'
import type { Operation } from '../../api/reference/complete-document.ts'
import { operationsByTag, type ShownDocument } from '../../api/reference/reference-page.tsx'

/** Where the collection is kept. */
export const collectionFile = new URL('../../docs/examples/billing-onboarding.postman_collection.json', import.meta.url)

interface Listed {
  method: string
  path: string
  operation: Operation
}

/** Returns a collection in Postman's format 2.1, which Bruno, Insomnia and others import, of the OpenAPI document. */
export function collectionOf(document: ShownDocument): object {
  return {
    info: {
      name: 'billing-onboarding',
      description: document.info.description,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{api_key}}', type: 'string' }] },
    variable: [
      { key: 'base_url', value: 'http://127.0.0.1:8080' },
      { key: 'api_key', value: '' },
    ],
    item: operationsByTag(document).map(([name, description, listed]) => ({
      name,
      description,
      item: listed.map(requestOf),
    })),
  }
}

function requestOf({ method, path, operation }: Listed): object {
  const own = operation.parameters ?? []
  const named = (place: string) => own.filter((parameter) => parameter.in === place)
  const segments = path.slice(1).replace(/\{(\w+)\}/g, ':$1')
  const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const raw = typeof body?.example === 'string' ? body.example : JSON.stringify(body?.example, null, 2)
  const query = named('query').map(({ name, description = '' }) => ({
    key: name,
    value: '',
    description,
    disabled: true,
  }))
  const variable = named('path').map(({ name }) => ({ key: name, value: '' }))
  return {
    name: operation.summary,
    request: {
      method: method.toUpperCase(),
      ...authOf(operation),
      header: body ? [{ key: 'Content-Type', value: type }] : [],
      url: {
        raw: `{{base_url}}/${segments}`,
        host: ['{{base_url}}'],
        path: segments.split('/'),
        ...(query.length > 0 ? { query } : {}),
        ...(variable.length > 0 ? { variable } : {}),
      },
      ...(body ? { body: { mode: 'raw', raw } } : {}),
    },
  }
}

/** Returns the authentication of an operation that differs from that of the collection. */
function authOf({ security }: Operation): object {
  const [scheme] = Object.keys(security?.[0] ?? {})
  if (scheme === 'secretKey') return {}
  if (scheme === undefined) return { auth: { type: 'noauth' } }
  const apikey = { key: 'x-api-key', value: '{{api_key}}', in: 'header' }
  return {
    auth: { type: 'apikey', apikey: Object.entries(apikey).map(([key, value]) => ({ key, value, type: 'string' })) },
  }
}

/** Returns the text of the collection of the current `openapi.json`. */
export function collectionText(): string {
  const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8')) as ShownDocument
  return `${JSON.stringify(collectionOf(document), null, 1)}\n`
}
