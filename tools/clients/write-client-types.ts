import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString, type OpenAPI3, type SchemaObject } from 'openapi-typescript'
import ts from 'typescript'

// Writes the types of the client package from openapi.json: requests and successful responses of the native API, and
// the payloads of webhooks. Errors are thrown, so only the schema of their body is needed.

interface Operation {
  responses: Record<string, { headers?: object; content?: Record<string, { example?: unknown; examples?: unknown }> }>
}
interface Webhook {
  post: { requestBody: { content: Record<string, { example?: unknown }> } }
}
type Document = OpenAPI3 & {
  paths: Record<string, Record<string, Operation>>
  webhooks?: Record<string, Webhook>
}

const root = new URL('../../', import.meta.url)
const document = JSON.parse(readFileSync(new URL('openapi.json', root), 'utf8')) as Document
document.paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith('/v1/')))

for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
  operation.responses = Object.fromEntries(
    Object.entries(operation.responses).filter(([status]) => status.startsWith('2')),
  )
  for (const response of Object.values(operation.responses)) {
    delete response.headers
    for (const media of Object.values(response.content ?? {})) delete media.example
  }
}

for (const { post } of Object.values(document.webhooks ?? {}))
  for (const media of Object.values(post.requestBody.content)) delete media.example

/** Returns the names of the schemas to which a part of the document refers, directly or through others. */
function schemasOf(part: unknown, found = new Set<string>()): Set<string> {
  for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([\w.-]+)"/g)) {
    if (found.has(name!)) continue
    found.add(name!)
    schemasOf(document.components!.schemas![name!], found)
  }
  return found
}

const used = schemasOf([document.paths, document.webhooks ?? {}]).add('Problem')
const schemas = Object.entries(document.components!.schemas!).filter(([name]) => used.has(name))
document.components!.schemas = Object.fromEntries(schemas)
delete document.components!.headers

// `data` of a stored event depends on its type too. The rest is the same for every type.
const event = document.components!.schemas!.Event as { properties: Record<string, SchemaObject> }
const eventFields = Object.fromEntries(
  Object.entries(event.properties).filter(([name]) => name !== 'type' && name !== 'data'),
)
document.components!.schemas!.EventFields = {
  type: 'object',
  properties: eventFields,
  required: Object.keys(eventFields),
}
/** A webhook has the ids of the customer and the actor in `data`, a stored event beside it. */
const storedEvent = `
type Payload<Type extends keyof webhooks> = webhooks[Type]["post"]["requestBody"]["content"]["application/json"];
type Reserved<Body> = Body extends { sequence: null } ? "actor"
    : "billing_customer_id" | "customer_id" | "external_id" | "onboarding_id" | "actor";
type StoredEvent = {
    [Type in keyof webhooks]: components["schemas"]["EventFields"] & {
        type: Type;
        data: Omit<Payload<Type>["data"], Reserved<Payload<Type>>>;
    };
}[keyof webhooks];
`

const { createIndexedAccessTypeNode, createLiteralTypeNode, createStringLiteral } = ts.factory
const webhooks = ts.factory.createTypeReferenceNode('webhooks')
const anyWebhook = ts.factory.createTypeOperatorNode(ts.SyntaxKind.KeyOfKeyword, webhooks)
/** The union of the bodies of all webhooks. JSON Schema would have to repeat each of them. */
const webhookEvent = ['post', 'requestBody', 'content', 'application/json'].reduce<ts.TypeNode>(
  (type, key) => createIndexedAccessTypeNode(type, createLiteralTypeNode(createStringLiteral(key))),
  createIndexedAccessTypeNode(webhooks, anyWebhook),
)

// A field with a default may be left out of a request.
const names = { rootTypes: true, rootTypesNoSchemaPrefix: true, alphabetize: true }
const types = await openapiTS(document, {
  ...names,
  defaultNonNullable: false,
  transform: (_schema, { path }) =>
    ({
      '#/components/schemas/WebhookEvent': webhookEvent,
      '#/components/schemas/Event': ts.factory.createTypeReferenceNode('StoredEvent'),
    })[path ?? ''],
})
writeFileSync(new URL('packages/client/src/api-types.ts', root), astToString(types) + storedEvent)
