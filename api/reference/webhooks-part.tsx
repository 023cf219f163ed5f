import { reservedNames } from '../../domain/events/events.ts'
import type { ApiDocument, Operation } from './complete-document.ts'
import { Field, Fields, type ShownSchema } from './fields.tsx'

export interface WebhooksDocument extends ApiDocument {
  webhooks?: Record<string, Record<string, Operation>>
}

const ofEveryEvent: readonly string[] = reservedNames
const mediaOf = ({ requestBody }: Operation) => Object.values(requestBody!.content)[0]!
const propertiesOf = ({ properties = {} }: ShownSchema) => properties

/** Returns an object's schema with some of its fields. What is sent is not required of anybody. */
function only(schema: ShownSchema, isShown: (name: string) => boolean): ShownSchema {
  const shown = Object.entries(propertiesOf(schema)).filter(([name]) => isShown(name))
  return { type: 'object', properties: Object.fromEntries(shown) }
}

/** Returns the fields of a type's data that the others do not have. */
function ownData(operation: Operation): ShownSchema {
  const data = propertiesOf(mediaOf(operation).schema)['data']!
  // An event of a customer without a billing customer has the customer's id as its own.
  const isNumbered = 'billing_customer_id' in propertiesOf(data)
  return only(data, (name) => (isNumbered ? !ofEveryEvent.includes(name) : name !== 'actor'))
}

/** Returns the types of events with what is sent for each, in the order of the document. */
export const webhooksOf = ({ webhooks = {} }: WebhooksDocument): [type: string, operation: Operation][] =>
  Object.entries(webhooks).map(([type, { post }]) => [type, post!])

/** The webhooks of the document: what all requests have in common, then each type of event with its own data. */
export function Webhooks({ document }: { document: WebhooksDocument }) {
  const all = webhooksOf(document)
  const [, typical] = all.find(([type]) => type === 'charge.succeeded') ?? all[0]!
  return (
    <section aria-labelledby="webhooks">
      <h2 id="webhooks">Webhooks</h2>
      <p>
        What is sent to <a href="#createWebhookEndpoint">webhook endpoints</a>: one request for each event. The body has
        the type and the data of the event.
      </p>
      <WebhookRequest document={document} operation={typical} />
      {all.map(([type, operation]) => (
        <Webhook type={type} operation={operation} />
      ))}
    </section>
  )
}

function WebhookRequest({ document, operation }: { document: WebhooksDocument; operation: Operation }) {
  const shared = (document.components.parameters ?? {}) as Record<string, ShownHeader>
  const headers = (operation.parameters ?? []).map(({ $ref }) => shared[$ref!.split('/').at(-1)!]!)
  const { schema, example } = mediaOf(operation)
  return (
    <article id="webhook-request" aria-labelledby="webhook-request-title">
      <div class="words">
        <h3 id="webhook-request-title">
          <a href="#webhook-request">The request</a>
        </h3>
        <p>
          <b class="post">POST</b> to your URL
        </p>
        <h4>Headers</h4>
        <ul class="fields">
          {headers.map(({ name, schema: text, description }) => (
            <Field name={name} schema={text} description={description} required={false} />
          ))}
        </ul>
        <h4>Body</h4>
        <Fields schema={commonBody(schema)} />
        <h4>Your response, within 15 seconds</h4>
        <ul class="fields">
          {Object.entries(operation.responses).map(([status, { description }]) => (
            <li>
              <b>{status}</b> {description}
            </li>
          ))}
        </ul>
      </div>
      <div class="samples">
        <pre tabindex={0} aria-label="Request">
          <code>{requestText(headers, example)}</code>
        </pre>
        {Object.entries(verifying).map(([title, code]) => (
          <>
            <h4>{title}</h4>
            <pre tabindex={0} aria-label={title}>
              <code>{code}</code>
            </pre>
          </>
        ))}
      </div>
    </article>
  )
}

interface ShownHeader {
  name: string
  schema: ShownSchema
  description: string
}

const verifying = {
  'Verify it in TypeScript': `const event = await verifyWebhook({
  body: await request.text(), // as it was received
  headers: request.headers,
  secret: process.env.WEBHOOK_SECRET!,
})`,
  'Verify it in Python': `from standardwebhooks import Webhook

event = Webhook(os.environ["WEBHOOK_SECRET"]).verify(body, headers)`,
}

/** Returns the body without what depends on the type. */
function commonBody(body: ShownSchema): ShownSchema {
  const { data, ...others } = propertiesOf(body)
  const type = { type: 'string', description: 'One of the types below' }
  const common = only(data!, (name) => ofEveryEvent.includes(name))
  const description =
    'These fields and those of the type. An event that belongs to no billing customer has only the actor and ' +
    'those of its type'
  return { type: 'object', properties: { ...others, type, data: { ...common, description } } }
}

const requestText = (headers: ShownHeader[], body: unknown) =>
  [
    'POST /hooks HTTP/1.1',
    'content-type: application/json',
    ...headers.map(({ name, schema: { example } }) => `${name}: ${String(example)}`),
    '',
    JSON.stringify(body, null, 2),
  ].join('\n')

function Webhook({ type, operation }: { type: string; operation: Operation }) {
  const data = ownData(operation)
  return (
    <article id={`webhook-${type}`} aria-labelledby={`webhook-${type}-title`}>
      <div class="words">
        <h3 id={`webhook-${type}-title`}>
          <a href={`#webhook-${type}`}>
            <code>{type}</code>
          </a>
        </h3>
        <p>{operation.summary}</p>
        {Object.keys(propertiesOf(data)).length > 0 ? (
          <>
            <h4>Data</h4>
            <Fields schema={data} />
          </>
        ) : null}
      </div>
      <div class="samples">
        <pre tabindex={0} aria-label={`Body of ${type}`}>
          <code>{JSON.stringify(mediaOf(operation).example, null, 2)}</code>
        </pre>
      </div>
    </article>
  )
}
